import { expect, it } from 'vitest'
import { SECTIONS } from '@/core/i18n/sections'

const SOURCES = import.meta.glob<string>(['/src/**/*.{ts,vue}', '!/src/**/*.spec.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** What a file needs to be shown, itself included: whatever it imports, now or later. */
function neededBy(file: string, found = new Set<string>()): Set<string> {
  const source = SOURCES[file]
  if (source === undefined || found.has(file)) return found
  found.add(file)
  for (const [, path = ''] of source.matchAll(/(?:from |import\()'@(\/[^']+)'/g)) {
    neededBy(`/src${/\.(vue|ts)$/.test(path) ? path : `${path}.ts`}`, found)
  }
  return found
}

function spokenBy(file: string): string[] {
  const code = [...neededBy(file)].map((each) => SOURCES[each]).join('\n')
  return Object.keys(SECTIONS).filter((name) => new RegExp(`['\`]${name}\\.\\w`).test(code))
}

const ROUTER = SOURCES['/src/router.ts'] ?? ''
const pages = [...ROUTER.matchAll(/import\('@(\/pages\/\w+\.vue)'\)((?:,\s*'\w+')*)/g)].map(
  ([, path = '', sections = '']) => ({
    path: `/src${path}`,
    sections: [...sections.matchAll(/\w+/g)].map(([name]) => name).sort(),
  }),
)

it('knows the pages', () => {
  expect(pages.length).toBeGreaterThan(15)
})

it.each(pages)('fetches with $path the words it says, and no others', ({ path, sections }) => {
  expect(spokenBy(path).sort()).toEqual(sections)
})
