import { readFileSync } from 'node:fs'

/** What a browser fetches before the fleet page is usable: the entry and its static imports, and its words. */
function firstLoad() {
  const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
  const files = new Set()
  const visit = (key) => {
    const chunk = manifest[key]
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    for (const imported of chunk.imports ?? []) visit(imported)
  }
  visit('index.html')
  // The words of the language on screen; Spanish has the longer ones.
  visit('src/core/i18n/es.json')
  return ['dist/theme.js', ...[...files].map((file) => `dist/${file}`)]
}

const css = ['dist/assets/*.css']

export default [
  {
    name: 'fleet page, first load, JS',
    path: firstLoad(),
    gzip: true,
    brotli: false,
    limit: '120 KB',
  },
  { name: 'all styles', path: css, gzip: true, brotli: false, limit: '20 KB' },
]
