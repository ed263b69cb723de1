import { parseExactJson } from '@/core/json/exact-json'

/** The object a file holds, which the server will look at: it says itself what is wrong with one. */
export function readDocument(text: string): object | null {
  try {
    const json = parseExactJson(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : null
  } catch {
    return null
  }
}
