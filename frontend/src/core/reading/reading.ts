import type { DataType, MetricValue, Quality } from '@/contract/common'

/** The newest known sample of one metric, with what is needed to show it. */
export interface Reading {
  metricId: string
  value: MetricValue
  /** Source time, Unix ms. */
  ts: number
  quality: Quality
  unit: string | null
  dataType: DataType
  /** Decimals that were needed so far; only grows (see `decimalsOf`). */
  decimals: number
}

/** An age beyond which a value is no longer taken for current. */
export const STALE_AFTER_MS = 30_000

export const READING_STATE = {
  good: 'good',
  uncertain: 'uncertain',
  stale: 'stale',
  bad: 'bad',
} as const
export type ReadingState = (typeof READING_STATE)[keyof typeof READING_STATE]

/** A value is stale by its own age, and at once when the link that would renew it is gone. */
export function isStale(ts: number, now: number, linkFresh: boolean): boolean {
  return !linkFresh || now - ts > STALE_AFTER_MS
}

/** The one state that is put into words: bad before stale before uncertain before good. */
export function readingState(quality: Quality, stale: boolean): ReadingState {
  if (quality === 'BAD') return READING_STATE.bad
  if (stale) return READING_STATE.stale
  return quality === 'UNCERTAIN' ? READING_STATE.uncertain : READING_STATE.good
}
