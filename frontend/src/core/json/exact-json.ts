import { isInteger as isIntegerToken, parse as parseLossless } from 'lossless-json'

/**
 * JSON with every integer exact: one beyond 2^53 becomes a `bigint` instead of a rounded number.
 *
 * Three speeds, because the live feed parses thousands of texts a second:
 * 1. no run of 16 digits in the text: no such integer can be in it, the native parser is right;
 * 2. the native parser with source text access, where the browser has it;
 * 3. a JSON parser in JavaScript, for the other browsers.
 */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  return sourceTextAccess ? parseWithSourceText(text) : parseWithLibrary(text)
}

interface ReviverContext {
  source?: string
}
type SourceReviver = (key: string, value: unknown, context?: ReviverContext) => unknown
const parseWithReviver = JSON.parse as (text: string, reviver: SourceReviver) => unknown

/** The way back: a `bigint` is written with all its digits. */
export function stringifyExactJson(value: object): string {
  return write(value) ?? ''
}

function write(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`
  const fields = Object.entries(value).flatMap(([key, field]) => {
    const text = write(field)
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`]
  })
  return `{${fields.join(',')}}`
}

const sourceTextAccess = detectSourceTextAccess()

function detectSourceTextAccess(): boolean {
  let seen = false
  parseWithReviver('1', (_key, value, context) => {
    seen = context?.source === '1'
    return value
  })
  return seen
}

export function parseWithSourceText(text: string): unknown {
  return parseWithReviver(text, (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined
      ? exactNumber(context.source)
      : value,
  )
}

export function parseWithLibrary(text: string): unknown {
  return parseLossless(text, undefined, exactNumber)
}

function exactNumber(token: string): number | bigint {
  const value = Number(token)
  return Number.isSafeInteger(value) || !isIntegerToken(token) ? value : BigInt(token)
}
