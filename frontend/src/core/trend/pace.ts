import type { Period } from '@/core/trend/course'

const FASTEST_MS = 250
const SLOWEST_MS = 5_000

/**
 * How often a chart that is so many pixels wide is drawn anew, however fast values come: a curve that
 * moves by less than a pixel looks the same.
 */
export function paceOf({ from, to }: Period, width: number): number {
  return Math.min(SLOWEST_MS, Math.max(FASTEST_MS, (to - from) / Math.max(1, width)))
}
