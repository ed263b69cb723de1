import { describe, expect, it } from 'vitest'
import type { MetricValue, Quality } from '@/contract/common'
import type { BucketRow } from '@/contract/rest'
import { findGaps, gapLimit } from '@/modules/trend/gaps'
import { joinPages, mergeSamples, type History, type Sample } from '@/modules/trend/history'
import { buildTrend } from '@/modules/trend/trend-data'

function sample(second: number, value: MetricValue, quality: Quality = 'GOOD'): Sample {
  return { ts: second * 1_000, value, quality }
}

function raw(samples: Sample[]): History {
  return { resolution: 'raw', samples, cut: false }
}

describe('gaps', () => {
  it.each([
    ['an even signal', [0, 1, 2, 3, 4, 5], []],
    ['a pause', [0, 1, 2, 3, 4, 20, 21], [5]],
    ['two pauses', [0, 10, 20, 30, 40, 100, 110, 200], [5, 7]],
    ['jitter', [0, 1, 2.5, 3, 4.9, 5, 6], []],
    ['too little to judge by', [0, 1, 50], []],
    ['a fast, uneven source', [0, 0.1, 0.2, 0.3, 0.4, 1.4], []],
  ])('%s', (_name, times, expected) => {
    expect(findGaps(times, gapLimit(times))).toEqual(expected)
  })
})

describe('buildTrend', () => {
  it('breaks the line in a gap', () => {
    const seconds = [0, 1, 2, 3, 4, 20, 21]
    const trend = buildTrend(raw(seconds.map((at) => sample(at, at))), [], 0, 'float')
    expect(trend.times).toEqual([0, 1, 2, 3, 4, 12, 20, 21])
    expect(trend.columns[0]).toEqual([0, 1, 2, 3, 4, null, 20, 21])
    expect(trend.points[5]).toBeNull()
  })

  it('draws a bad value beside the line, not in it', () => {
    const trend = buildTrend(raw([sample(0, 5), sample(1, 9, 'BAD'), sample(2, 6)]), [], 0, 'float')
    expect(trend.columns).toEqual([
      [5, null, 6],
      [null, 9, null],
    ])
    expect(trend.counts.bad).toBe(1)
  })

  it('chooses the kind by the newest value, and by the type before there is one', () => {
    expect(buildTrend(raw([sample(0, true)]), [], 0, 'float').kind).toBe('step')
    expect(buildTrend(raw([sample(0, 'run')]), [], 0, undefined).kind).toBe('text')
    expect(buildTrend(raw([sample(0, 9007199254740993n)]), [], 0, undefined).kind).toBe('line')
    expect(buildTrend(undefined, [], 0, 'bool').kind).toBe('step')
  })

  it('appends live samples and counts them', () => {
    const trend = buildTrend(
      raw([sample(0, 1), sample(1, 2)]),
      [sample(1, 9), sample(2, 3)],
      0,
      'int',
    )
    expect(trend.columns[0]).toEqual([1, 2, 3])
    expect(trend.counts).toMatchObject({ stored: 3, live: 1 })
  })

  it('shows buckets as a band with the live values after it', () => {
    const hour = (index: number, nonGood = 0): BucketRow => ({
      start: index * 3_600_000,
      metricId: 'm',
      count: 60,
      avg: index,
      min: index - 1,
      max: index + 1,
      nonGood,
    })
    const history: History = {
      resolution: 'buckets',
      bucketSeconds: 3_600,
      rows: [hour(0), hour(1, 2), hour(4)],
      cut: true,
    }
    const trend = buildTrend(history, [sample(18_100, 7)], 0, 'float')
    expect(trend.kind).toBe('band')
    expect(trend.times).toEqual([1_800, 5_400, 10_800, 16_200, 18_100])
    expect(trend.columns[2]).toEqual([0, 1, null, 4, undefined])
    expect(trend.columns[3]).toEqual([undefined, undefined, undefined, undefined, 7])
    expect(trend.counts).toMatchObject({ buckets: 3, stored: 182, bad: 2, live: 1 })
    expect(trend.cut).toBe(true)
  })
})

describe('history', () => {
  it('is in order whatever order it came in', () => {
    const item = (ts: number): Sample & { metricId: string; unit: null } => ({
      ...sample(ts, ts),
      metricId: 'm',
      unit: null,
    })
    const pages = [
      { resolution: 'raw' as const, items: [item(4), item(3)], nextCursor: 'x' },
      { resolution: 'raw' as const, items: [item(2), item(1)], nextCursor: null },
    ]
    const history = joinPages(pages, 'm', false)
    expect(history.resolution === 'raw' && history.samples.map(({ value }) => value)).toEqual([
      1, 2, 3, 4,
    ])
  })

  it('merges live samples by time, forgets what left the window', () => {
    const merged = mergeSamples([sample(1, 1), sample(3, 3)], [sample(2, 2), sample(3, 9)], 2_000)
    expect(merged.map(({ value }) => value)).toEqual([2, 3])
  })
})
