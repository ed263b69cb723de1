import { MATCH_FIELDS, type MatchField } from '@/contract/rules'

/** Matches whatever there is. */
export const ANY = '*'
const MAX_LENGTH = 128
const FOREIGN = /[^A-Za-z0-9._:*-]/gu

export type Match = Record<MatchField, string>

export type PatternFault =
  { kind: 'empty' } | { kind: 'tooLong' } | { kind: 'characters'; characters: string }

/** What keeps a text from being a pattern, if anything does. */
export function patternFault(text: string): PatternFault | null {
  if (text === '') return { kind: 'empty' }
  const foreign = text.match(FOREIGN)
  if (foreign) return { kind: 'characters', characters: [...new Set(foreign)].join(' ') }
  return text.length > MAX_LENGTH ? { kind: 'tooLong' } : null
}

export function isAny(pattern: string): boolean {
  return /^\*+$/.test(pattern)
}

export function isExact(pattern: string): boolean {
  return !pattern.includes('*')
}

/** Whether the pattern is the whole of the name; `*` is any run of characters. */
export function matchesName(pattern: string, name: string): boolean {
  const [head = '', ...pieces] = pattern.split('*')
  const tail = pieces.pop()
  if (tail === undefined) return name === head
  if (!name.startsWith(head)) return false
  let from = head.length
  for (const piece of pieces) {
    const at = name.indexOf(piece, from)
    if (at < 0) return false
    from = at + piece.length
  }
  return name.length - from >= tail.length && name.endsWith(tail)
}

/** The fields whose pattern does not take the name in question. */
export function unmatchedFields(match: Match, names: Match): MatchField[] {
  return MATCH_FIELDS.filter((field) => !matchesName(match[field], names[field]))
}

/** Whether there can be a name that both patterns take. */
export function canMeet(a: string, b: string): boolean {
  // reachable[j]: what was read of `a` so far and the first j characters of `b` can be the same.
  let reachable = Array.from({ length: b.length + 1 }, (_, j) => /^\**$/.test(b.slice(0, j)))
  for (const letter of a) {
    const next: boolean[] = [letter === '*' && (reachable[0] ?? false)]
    for (let j = 1; j <= b.length; j++) {
      const other = b[j - 1]
      const skipsBoth = letter === other && (reachable[j - 1] ?? false)
      const staysInA = letter === '*' && ((reachable[j] ?? false) || (next[j - 1] ?? false))
      const staysInB = other === '*' && ((next[j - 1] ?? false) || (reachable[j] ?? false))
      next.push(skipsBoth || staysInA || staysInB)
    }
    reachable = next
  }
  return reachable[b.length] ?? false
}

/** Whether there can be a series that both rules take. */
export function canShareSeries(a: Match, b: Match): boolean {
  return MATCH_FIELDS.every((field) => canMeet(a[field], b[field]))
}

/** Whether the rule takes every series there can be. */
export function takesEverything(match: Match): boolean {
  return MATCH_FIELDS.every((field) => isAny(match[field]))
}
