import { describe, expect, it } from 'vitest'
import type { MetricValue, Quality } from '@/contract/common'
import { COURSE_KIND, EMPTY_COURSE, type Sample } from '@/core/trend/course'
import { buckets, samples } from '@/core/trend/course.fixture'
import { createJoined, joinLive } from '@/core/trend/join-live'

function live(...rows: [ts: number, value: MetricValue, quality?: Quality][]): Sample[] {
  return rows.map(([ts, value, quality = 'GOOD']) => ({ ts, value, quality }))
}

/** A row each second. */
function evenly(count: number): ReturnType<typeof samples> {
  return samples(
    ...Array.from({ length: count }, (_, index): [number, number] => [index * 1_000, index]),
  )
}

describe('samples', () => {
  it('are followed by the live ones', () => {
    const joined = joinLive(evenly(10), live([10_000, 10], [11_000, 11]), 10_000)
    expect(joined.times.slice(-3)).toEqual([9_000, 10_000, 11_000])
    expect(joined.kind === COURSE_KIND.samples && joined.values.slice(-2)).toEqual([10, 11])
  })

  it('are taken from what is stored where both have one', () => {
    const joined = joinLive(evenly(10), live([8_000, 99], [9_000, 99], [10_000, 10]), 10_000)
    expect(joined.kind === COURSE_KIND.samples && joined.values.slice(-3)).toEqual([8, 9, 10])
    expect(joined.times).toHaveLength(11)
  })

  it('are put between those that were on their way into the store', () => {
    const stored = samples([0, 0], [1_000, 1], [3_000, 3])
    const joined = joinLive(stored, live([2_000, 2], [4_000, 4]), 3_500)
    expect(joined.times).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  })

  it('are separated by a gap after a pause', () => {
    const joined = joinLive(evenly(10), live([29_000, 29], [30_000, 30]), 10_000)
    expect(joined.times.slice(-4)).toEqual([9_000, 19_000, 29_000, 30_000])
    expect(joined.kind === COURSE_KIND.samples && joined.qualities.slice(-3)).toEqual([
      null,
      'GOOD',
      'GOOD',
    ])
  })

  it('have no second gap beside the one that is stored', () => {
    const stored = samples(
      ...[0, 1_000, 2_000, 3_000, 4_000, 5_000].map((ts): [number, number] => [ts, 1]),
      [20_000, null, null],
      [35_000, 1],
    )
    const joined = joinLive(stored, live([35_000, 1], [36_000, 1]), 36_000)
    expect(joined.times.slice(-4)).toEqual([5_000, 20_000, 35_000, 36_000])
  })

  it('are all there is of what is not stored', () => {
    const joined = joinLive(EMPTY_COURSE, live([1, 5], [2, 9007199254740993n]), -Infinity)
    expect(joined.kind === COURSE_KIND.samples && joined.values).toEqual([5, 9007199254740993n])
  })

  it('stay the same object while there is nothing new', () => {
    const stored = evenly(3)
    expect(joinLive(stored, [], 3_000)).toBe(stored)
    expect(joinLive(stored, live([-90_000, 1]), 3_000)).toBe(stored)
  })
})

describe('buckets', () => {
  const stored = buckets(
    60_000,
    [0, { min: 1, avg: 2, max: 3, count: 60 }],
    [60_000, { min: 1, avg: 2, max: 3, count: 30 }],
  )

  it('go on being filled, and are followed by others', () => {
    const joined = joinLive(stored, live([90_000, 32], [121_000, 5], [122_000, 7]), 90_000)
    if (joined.kind !== COURSE_KIND.buckets) throw new Error('buckets became samples')
    expect(joined.times).toEqual([0, 60_000, 120_000])
    expect(joined.count).toEqual([60, 31, 2])
    expect(joined.max).toEqual([3, 32, 7])
    expect(joined.min).toEqual([1, 1, 5])
    expect(joined.avg[1]).toBeCloseTo((2 * 30 + 32) / 31)
    expect(joined.avg[2]).toBe(6)
    // What was fetched stays as it was.
    expect(stored.count).toEqual([60, 30])
  })

  it('count nothing that the store had already', () => {
    expect(joinLive(stored, live([89_999, 99]), 90_000)).toBe(stored)
  })

  it('count what is not good apart', () => {
    const joined = joinLive(stored, live([90_000, 99, 'BAD'], [91_000, null, 'UNCERTAIN']), 90_000)
    if (joined.kind !== COURSE_KIND.buckets) throw new Error('buckets became samples')
    expect(joined.max[1]).toBe(3)
    expect(joined.nonGood[1]).toBe(2)
    expect(joined.count[1]).toBe(30)
  })

  it('take on and off as a share', () => {
    const joined = joinLive(stored, live([120_000, true], [121_000, false]), 90_000)
    expect(joined.kind === COURSE_KIND.buckets && joined.avg[2]).toBe(0.5)
  })

  it('are separated by a gap after a pause', () => {
    const figures = { min: 1, avg: 2, max: 3, count: 60 }
    const even = buckets(
      60_000,
      ...Array.from({ length: 6 }, (_, index): [number, typeof figures] => [
        index * 60_000,
        figures,
      ]),
    )
    const joined = joinLive(even, live([900_000, 1]), 360_000)
    if (joined.kind !== COURSE_KIND.buckets) throw new Error('buckets became samples')
    expect(joined.times.slice(-3)).toEqual([300_000, 600_000, 900_000])
    expect(joined.count.slice(-3)).toEqual([60, null, 1])
  })
})

describe('what goes on', () => {
  it('grows by what is new alone, and is another object then', () => {
    const joined = createJoined(evenly(10), 10_000)
    const tail = live([10_000, 10])
    const one = joined.take(tail)
    expect(joined.take(tail)).toBe(one)
    tail.push(...live([11_000, 11]))
    const two = joined.take(tail)
    expect(two).not.toBe(one)
    expect(two.times).toBe(one.times)
    expect(two.times.slice(-2)).toEqual([10_000, 11_000])
  })

  it('takes the later of two words at one time', () => {
    const joined = createJoined(evenly(10), 10_000)
    joined.take(live([10_000, 10]))
    const course = joined.take(live([10_000, 12], [11_000, 11]))
    expect(course.kind === COURSE_KIND.samples && course.values.slice(-2)).toEqual([12, 11])
    expect(course.times).toHaveLength(12)
  })

  it('counts no sample twice', () => {
    const figures = { min: 1, avg: 2, max: 3, count: 60 }
    const joined = createJoined(buckets(60_000, [0, figures]), 60_000)
    const tail = live([61_000, 5])
    joined.take(tail)
    tail.push(...live([62_000, 7]))
    const course = joined.take(tail)
    expect(course.kind === COURSE_KIND.buckets && course.count).toEqual([60, 2])
    expect(course.kind === COURSE_KIND.buckets && course.avg[1]).toBe(6)
  })
})
