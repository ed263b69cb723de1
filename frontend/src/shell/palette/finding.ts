import { fold } from '@/core/format/fold'

export const FINDING_KINDS = ['page', 'plant', 'plc', 'gateway', 'metric'] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** Something one can go to. */
export interface Finding {
  /** The same for the same place, wherever it was found. */
  key: string
  kind: FindingKind
  /** What it is called. */
  text: string
  /** Where it is, by which it is found as well. */
  detail: string
  path: string
}

/** As many are shown; who wants others says more of what they are called. */
const MOST = 20
/** What is not called so at all, but stands where the word says. */
const IN_DETAIL = 4

const NAME_ORDER = new Intl.Collator('es', { numeric: true })

/** The words of a search. */
export function wordsOf(query: string): string[] {
  return fold(query)
    .split(/\s+/)
    .filter((word) => word !== '')
}

/**
 * What fits every word, the best first: what is called exactly so, then what begins so, then the rest. Of equals those
 * that were gone to before come first, the last one before all.
 */
export function rank(
  findings: readonly Finding[],
  query: string,
  recent: readonly Finding[],
): Finding[] {
  const words = wordsOf(query)
  const recency = new Map(recent.map(({ key }, index) => [key, index]))
  const once = new Map(findings.map((finding) => [finding.key, finding]))
  const scored = [...once.values()].flatMap((finding) => {
    const score = scoreOf(finding, words)
    return score === null ? [] : [{ finding, score, recency: recency.get(finding.key) ?? Infinity }]
  })
  scored.sort(
    (a, b) =>
      a.score - b.score ||
      compare(a.recency, b.recency) ||
      FINDING_KINDS.indexOf(a.finding.kind) - FINDING_KINDS.indexOf(b.finding.kind) ||
      NAME_ORDER.compare(a.finding.text, b.finding.text) ||
      NAME_ORDER.compare(a.finding.detail, b.finding.detail),
  )
  return scored.slice(0, MOST).map(({ finding }) => finding)
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

function scoreOf({ text, detail }: Finding, words: readonly string[]): number | null {
  const name = fold(text)
  const place = fold(detail)
  let score = 0
  for (const word of words) {
    const at = name.indexOf(word)
    if (at < 0 && !place.includes(word)) return null
    if (at < 0) score += IN_DETAIL
    else if (name === word) score += 0
    else if (at === 0) score += 1
    else score += /[^\p{L}\p{N}]/u.test(name.charAt(at - 1)) ? 2 : 3
  }
  return score
}
