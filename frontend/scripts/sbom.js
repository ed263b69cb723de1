/**
 * Lists the packages that go into the pages as CycloneDX 1.5 JSON, on standard output, from package-lock.json alone. (`npm sbom`
 * leaves out what a tool of development needs too, Vue among it.) The same input gives the same bytes.
 */
import { readFileSync } from 'node:fs'
import process from 'node:process'

const { name, version, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))

/** The address of a package; the sign of a scope is written as the standard wants it. */
const address = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`

const components = Object.entries(packages)
  .filter(
    ([path, entry]) =>
      path !== '' && !entry.dev && !entry.devOptional && !entry.optional && !entry.link,
  )
  .map(([path, entry]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const purl = address(name, entry.version)
    const licenses = entry.license ? { licenses: [{ expression: entry.license }] } : {}
    return {
      type: 'library',
      name,
      version: entry.version,
      purl,
      'bom-ref': `${purl}#${path}`,
      ...licenses,
    }
  })
const pages = { type: 'application', name, version, 'bom-ref': address(name, version) }
const list = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: pages },
  components,
}
process.stdout.write(`${JSON.stringify(list)}\n`)
