const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The periods a reader can choose, by the name they have in the address. */
export const RANGES = {
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
} as const
export type RangeName = keyof typeof RANGES

export const RANGE_NAMES = Object.keys(RANGES) as RangeName[]
export const DEFAULT_RANGE: RangeName = '15m'

export function toRangeName(text: unknown): RangeName {
  return RANGE_NAMES.find((name) => name === text) ?? DEFAULT_RANGE
}
