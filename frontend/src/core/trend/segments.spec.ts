import { describe, expect, it } from 'vitest'
import { buckets, samples } from '@/core/trend/course.fixture'
import { chooseSegment, withoutOutdated, withSegment, type Segment } from '@/core/trend/segments'

const RAW = samples([0, 1])
const COARSE = buckets(60_000, [0, { min: 0, avg: 0, max: 0, count: 1 }])

function segment(
  from: number,
  to: number,
  pointMs: number,
  course: Segment['course'] = COARSE,
): Segment {
  return { from, to, pointMs, course }
}

const NOW = 1_000

describe('what is drawn from', () => {
  it.each([
    ['covers it', segment(0, 1_000, 1), { from: 100, to: 200, pointMs: 1 }, true],
    ['begins too late', segment(150, 1_000, 1), { from: 100, to: 200, pointMs: 1 }, false],
    ['ends too early', segment(0, 150, 1), { from: 100, to: 200, pointMs: 1 }, false],
    ['is too coarse', segment(0, 1_000, 10), { from: 100, to: 200, pointMs: 1 }, false],
    ['is a little coarse', segment(0, 1_000, 2), { from: 100, to: 200, pointMs: 1 }, true],
    ['is of samples', segment(0, 1_000, 99, RAW), { from: 100, to: 200, pointMs: 1 }, true],
    ['ends now', segment(0, 1_000, 1), { from: 100, to: 5_000, pointMs: 1 }, true],
  ])('%s', (_name, known, need, isEnough) => {
    expect(chooseSegment([known], need, undefined, NOW)).toEqual({ segment: known, isEnough })
  })

  it('goes on without end as long as no live sample was missed', () => {
    const known = segment(0, 500, 1, RAW)
    const need = { from: 100, to: 1_000, pointMs: 1 }
    expect(chooseSegment([known], need, { samples: [], since: 400 }, NOW).isEnough).toBe(true)
    expect(chooseSegment([known], need, { samples: [], since: 600 }, NOW).isEnough).toBe(false)
  })

  it('is the finest of those that are enough', () => {
    const coarse = segment(0, 1_000, 2)
    const fine = segment(0, 1_000, 1)
    const need = { from: 0, to: 1_000, pointMs: 2 }
    expect(chooseSegment([fine, coarse], need, undefined, NOW).segment).toBe(fine)
  })

  it('is what overlaps most while the right one is on its way', () => {
    const left = segment(0, 300, 1)
    const right = segment(300, 400, 1)
    const need = { from: 200, to: 900, pointMs: 1 }
    expect(chooseSegment([left, right], need, undefined, NOW)).toEqual({
      segment: right,
      isEnough: false,
    })
    expect(chooseSegment([segment(0, 50, 1)], need, undefined, NOW).segment).toBeUndefined()
    expect(chooseSegment([], need, undefined, NOW)).toEqual({ segment: undefined, isEnough: false })
  })
})

describe('what is kept', () => {
  it('is not what a new one has too', () => {
    const inside = segment(100, 200, 2)
    const finer = segment(100, 200, 0.5)
    const beside = segment(900, 1_200, 2)
    const added = segment(0, 1_000, 1)
    expect(withSegment([inside, finer, beside], added)).toEqual([finer, beside, added])
    expect(withSegment([inside, finer], segment(0, 1_000, 1, RAW))).toHaveLength(1)
  })

  it('is not what a span was that moves on with the time', () => {
    const earlier = segment(0, 1_000, 1)
    const shorter = segment(500, 1_000, 1)
    const beside = segment(-2_000, -1_000, 1)
    const now = { from: 300, to: 1_300, pointMs: 1 }
    expect(withoutOutdated([earlier, shorter, beside], now)).toEqual([shorter, beside])
  })

  it('is bounded', () => {
    let kept: Segment[] = []
    for (let at = 0; at < 30; at++) kept = withSegment(kept, segment(at * 10, at * 10 + 5, 1))
    expect(kept).toHaveLength(8)
    expect(kept.at(-1)?.from).toBe(290)
  })
})
