import type { Limits, Span } from '@/modules/dashboards/model/options'

/** Where a value stands on a scale: from 0 to 1, and whether it is beyond either end. */
export interface OnScale {
  at: number
  beyond: 'low' | 'high' | null
}

export function onScale(value: number, min: number, max: number): OnScale {
  if (max <= min) return { at: 0, beyond: null }
  const at = (value - min) / (max - min)
  return { at: Math.min(1, Math.max(0, at)), beyond: at < 0 ? 'low' : at > 1 ? 'high' : null }
}

/** A part of the scale, from 0 to 1; an open end is the scale's. None if neither end is given. */
export function spanOnScale([low, high]: Span, min: number, max: number): [number, number] | null {
  if (low === null && high === null) return null
  const from = low === null ? 0 : onScale(low, min, max).at
  const to = high === null ? 1 : onScale(high, min, max).at
  return from < to ? [from, to] : null
}

/** The limits within the scale, from 0 to 1. */
export function limitsOnScale({ ll, l, h, hh }: Limits, min: number, max: number): number[] {
  return [ll, l, h, hh].flatMap((limit) => {
    if (limit === null) return []
    const { at, beyond } = onScale(limit, min, max)
    return beyond === null ? [at] : []
  })
}
