/**
 * Compresses what was built once and as small as it goes, so that no server does it at each request: beside each text a .gz and
 * a .br, where they are smaller. Takes the folder; removes what is not for the public. The same input gives the same bytes.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import process from 'node:process'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXTS = new Set(['.js', '.css', '.html', '.svg', '.json', '.txt', '.webmanifest'])
/** One packet takes less as it is. */
const LEAST_BYTES = 1_000

const [dir] = process.argv.slice(2)
if (!dir) throw new Error('which folder? node scripts/precompress.js dist')

rmSync(join(dir, '.vite'), { recursive: true, force: true })
let [files, before, after] = [0, 0, 0]
for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.name.endsWith('.map')) rmSync(path)
  if (!entry.isFile() || !TEXTS.has(extname(entry.name))) continue
  const plain = readFileSync(path)
  if (plain.length < LEAST_BYTES) continue
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  }
  const brotli = brotliCompressSync(plain, { params })
  for (const [end, bytes] of [
    ['.gz', gzipSync(plain, { level: 9 })],
    ['.br', brotli],
  ]) {
    if (bytes.length < plain.length) writeFileSync(path + end, bytes)
  }
  files += 1
  before += plain.length
  after += brotli.length
}
process.stdout.write(`${files} files, ${before} bytes, ${after} as Brotli\n`)
