import type { Period } from '@/core/trend/course'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The spans up to now that a reader can choose, by the name they have in the address. */
export const RANGES = {
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '1y': 365 * DAY,
} as const
export type RangeName = keyof typeof RANGES

export const RANGE_NAMES = Object.keys(RANGES) as RangeName[]
const DEFAULT_RANGE: RangeName = '15m'

/** No chart is of less. */
const SHORTEST_MS = 1_000
const LONGEST_MS = 30 * 365 * DAY

/** What a chart shows: the last minutes or days, moving on with the time, or a part of the past. */
export type Span = { range: RangeName } | Period

export function isLiveSpan(span: Span): span is { range: RangeName } {
  return 'range' in span
}

/** Reads a span from the parts of an address, which anybody may have written. */
export function readSpan(query: { range?: unknown; from?: unknown; to?: unknown }): Span {
  const from = readInstant(query.from)
  const to = readInstant(query.to)
  if (from !== null && to !== null && to - from >= SHORTEST_MS && to - from <= LONGEST_MS) {
    return { from, to }
  }
  return { range: RANGE_NAMES.find((name) => name === query.range) ?? DEFAULT_RANGE }
}

/** Writes it for an address. */
export function writeSpan(span: Span): { range: string } | { from: string; to: string } {
  return isLiveSpan(span)
    ? { range: span.range }
    : { from: writeInstant(span.from), to: writeInstant(span.to) }
}

/** The period a span is now. */
export function periodOf(span: Span, now: number): Period {
  return isLiveSpan(span) ? { from: now - RANGES[span.range], to: now } : span
}

/** The shortest range that is as long as a period. */
export function rangeFor({ from, to }: Period): RangeName {
  return RANGE_NAMES.find((name) => RANGES[name] >= to - from) ?? '1y'
}

/** Moved by a share of its length, to the past if that is below 0. */
export function panned({ from, to }: Period, share: number): Period {
  const by = (to - from) * share
  return { from: from + by, to: to + by }
}

/** Made longer by a factor, so that the moment `at` stays where it is. */
export function zoomed({ from, to }: Period, factor: number, at: number): Period {
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (to - from) * factor))
  const share = (at - from) / (to - from)
  return { from: at - length * share, to: at + length * (1 - share) }
}

/** Of the same length, but not beyond the moment of which nothing can be known yet. */
export function notAfter(period: Period, latest: number): Period {
  return period.to <= latest ? period : { from: period.from - (period.to - latest), to: latest }
}

/** By whole seconds, or tenths where seconds matter: an address that can be read. */
export function rounded({ from, to }: Period): Period {
  const grain = to - from < MINUTE ? 100 : 1_000
  return { from: Math.round(from / grain) * grain, to: Math.round(to / grain) * grain }
}

function readInstant(text: unknown): number | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text))
    return null
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? null : instant
}

function writeInstant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
