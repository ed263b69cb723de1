import { MATCH_FIELDS } from '@/contract/rules'
import { isAny, isExact, type Match } from '@/modules/rules/pattern'

/** What decides which of two rules is stronger. */
export interface Rank extends Match {
  id: string
  priority: number
  createdAt: number
}

export const MIN_PRIORITY = -1_000_000
export const MAX_PRIORITY = 1_000_000

/** How narrow a match is: exact names count before globs. */
export function narrowness(match: Match): { exact: number; globs: number } {
  const patterns = MATCH_FIELDS.map((field) => match[field])
  const exact = patterns.filter(isExact).length
  return { exact, globs: patterns.filter((each) => !isExact(each) && !isAny(each)).length }
}

/** Sorts the stronger first, as the server does: priority, then narrowness, then the newer. */
export function byPrecedence(a: Rank, b: Rank): number {
  const [narrowA, narrowB] = [narrowness(a), narrowness(b)]
  return (
    b.priority - a.priority ||
    narrowB.exact - narrowA.exact ||
    narrowB.globs - narrowA.globs ||
    b.createdAt - a.createdAt ||
    (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
  )
}

/** Where a draft lands among the others, which are in order: so many are stronger. */
export function placeAmong(others: readonly Rank[], draft: Rank): number {
  const at = others.findIndex((other) => byPrecedence(draft, other) < 0)
  return at < 0 ? others.length : at
}

/**
 * The priority nearest to the draft's own with which it lands one place further up or down; null at
 * the end of the list.
 */
export function priorityForStep(
  others: readonly Rank[],
  draft: Rank,
  step: 'up' | 'down',
): number | null {
  const place = placeAmong(others, draft)
  const passed = others[step === 'up' ? place - 1 : place]
  if (!passed) return null
  const away = step === 'up' ? 1 : -1
  // As high as the one it passes may do already, where the draft is narrower or newer.
  for (const priority of [passed.priority, passed.priority + away]) {
    if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) return null
    const next = placeAmong(others, { ...draft, priority })
    if (step === 'up' ? next < place : next > place) return priority
  }
  return null
}
