import { describe, expect, it } from 'vitest'
import {
  notAfter,
  panned,
  periodOf,
  RANGES,
  rangeFor,
  readSpan,
  rounded,
  writeSpan,
  zoomed,
} from '@/core/trend/ranges'

const FROM = '2026-03-01T12:00:00Z'
const TO = '2026-03-01T13:30:00Z'

describe('a span in the address', () => {
  it.each([
    [{}, { range: '15m' }],
    [{ range: '7d' }, { range: '7d' }],
    [{ range: 'always' }, { range: '15m' }],
    [
      { from: FROM, to: TO },
      { from: Date.parse(FROM), to: Date.parse(TO) },
    ],
    // A part of the past says more than a range beside it.
    [
      { from: FROM, to: TO, range: '7d' },
      { from: Date.parse(FROM), to: Date.parse(TO) },
    ],
    [
      { from: '2026-03-01T09:00:00.500-03:00', to: TO },
      { from: Date.parse(FROM) + 500, to: Date.parse(TO) },
    ],
    [{ from: TO, to: FROM, range: '1h' }, { range: '1h' }],
    [{ from: FROM, range: '1h' }, { range: '1h' }],
    [{ from: FROM, to: FROM }, { range: '15m' }],
    // Without a zone it would be another time for each reader.
    [{ from: '2026-03-01T12:00:00', to: TO }, { range: '15m' }],
    [{ from: 'yesterday', to: TO }, { range: '15m' }],
    [{ from: '1900-01-01T00:00:00Z', to: TO }, { range: '15m' }],
    [{ from: [FROM], to: TO }, { range: '15m' }],
  ])('%j', (query, span) => {
    expect(readSpan(query)).toEqual(span)
  })

  it.each([
    [{ range: '24h' }],
    [{ from: FROM, to: TO }],
    [{ from: FROM, to: '2026-03-01T12:00:07.300Z' }],
  ])('is read as it was written: %j', (query) => {
    expect(writeSpan(readSpan(query))).toEqual(query)
  })
})

describe('a period', () => {
  const period = { from: 1_000_000, to: 1_100_000 }

  it('follows the time, or stays where it is', () => {
    expect(periodOf({ range: '1h' }, 10_000_000)).toEqual({
      from: 10_000_000 - RANGES['1h'],
      to: 10_000_000,
    })
    expect(periodOf(period, 10_000_000)).toEqual(period)
  })

  it('is moved by a share of its length', () => {
    expect(panned(period, -0.5)).toEqual({ from: 950_000, to: 1_050_000 })
  })

  it('is zoomed about a moment that stays where it is', () => {
    expect(zoomed(period, 0.5, 1_025_000)).toEqual({ from: 1_012_500, to: 1_062_500 })
    expect(zoomed(period, 2, 1_100_000)).toEqual({ from: 900_000, to: 1_100_000 })
  })

  it('is never shorter than a second nor longer than any history', () => {
    const short = zoomed(period, 1e-9, 1_050_000)
    expect(short.to - short.from).toBeCloseTo(1_000)
    const long = zoomed(period, 1e12, 1_050_000)
    expect(
      readSpan({ from: new Date(long.from).toISOString(), to: new Date(long.to).toISOString() }),
    ).toHaveProperty('from')
  })

  it('does not go beyond now, and keeps its length', () => {
    expect(notAfter(period, 1_080_000)).toEqual({ from: 980_000, to: 1_080_000 })
    expect(notAfter(period, 2_000_000)).toBe(period)
  })

  it('has a round beginning and end', () => {
    expect(rounded({ from: 1_234.5, to: 9_876.5 })).toEqual({ from: 1_200, to: 9_900 })
    expect(rounded({ from: 1_234.5, to: 99_876.5 })).toEqual({ from: 1_000, to: 100_000 })
  })

  it.each([
    [60_000, '5m'],
    [3_600_000, '1h'],
    [3_600_001, '6h'],
    [1e12, '1y'],
  ] as const)('of %i ms is shown live as %s', (length, range) => {
    expect(rangeFor({ from: 0, to: length })).toBe(range)
  })
})
