const HOUR_MS = 3_600_000

/** How far back a list of alarms goes; a shift is eight hours. */
export const PERIODS = {
  '1h': HOUR_MS,
  '8h': 8 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
} as const
export type PeriodName = keyof typeof PERIODS
export const PERIOD_NAMES = Object.keys(PERIODS) as PeriodName[]

/** What the reader chose: all, one of the periods, or one of their own. */
export type PeriodChoice = 'all' | 'own' | PeriodName
