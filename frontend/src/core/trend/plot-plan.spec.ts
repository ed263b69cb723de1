import { describe, expect, it } from 'vitest'
import type { Course } from '@/core/trend/course'
import { buckets, samples } from '@/core/trend/course.fixture'
import { PEN_SHAPE, shapeOf, type Pen, type PenShape } from '@/core/trend/pen'
import {
  aboveLanes,
  boundedRange,
  extentOf,
  laneBoxes,
  planKey,
  planPlot,
  scaleRange,
} from '@/core/trend/plot-plan'

function pen(
  metricId: string,
  unit: string,
  shape: PenShape = PEN_SHAPE.line,
  course: Course = samples([0, 1]),
): Pen {
  return { metricId, name: metricId, slot: 0, unit, decimals: 1, shape, course }
}

const ALL = { from: 0, to: 1_000 }

describe('axes', () => {
  it('are one for each unit, and two at most', () => {
    const pens = [
      pen('head', '°C'),
      pen('pressure', 'bar'),
      pen('tail', '°C'),
      pen('current', 'A'),
      pen('running', '', PEN_SHAPE.switch),
    ]
    const { scales, lanes } = planPlot(pens)
    const outline = scales.map((scale) => [
      scale.unit,
      scale.side,
      scale.pens.map(({ metricId }) => metricId),
    ])
    expect(outline).toEqual([
      ['°C', 'left', ['head', 'tail']],
      ['bar', 'right', ['pressure']],
      ['A', null, ['current']],
    ])
    expect(lanes.map(({ metricId }) => metricId)).toEqual(['running'])
  })

  it('are those that somebody chose, whatever the units', () => {
    const { scales } = planPlot([
      { ...pen('level', 'm'), side: 'right' },
      { ...pen('head', '°C'), side: 'left' },
      { ...pen('pressure', 'bar'), side: 'left' },
      { ...pen('tail', '°C'), side: 'left' },
    ])
    expect(scales.map(({ unit, side, pens }) => [unit, side, pens.length])).toEqual([
      ['m', 'right', 1],
      ['°C · bar', 'left', 3],
    ])
  })

  it('stay while only values change', () => {
    const one = planKey(planPlot([pen('head', '°C')]))
    const next = pen('head', '°C', PEN_SHAPE.line, samples([0, 1], [1, 2]))
    expect(planKey(planPlot([next]))).toBe(one)
    expect(planKey(planPlot([pen('head', 'K')]))).not.toBe(one)
  })
})

describe('the range of a scale', () => {
  it('has the ends that were chosen, and never none between them', () => {
    const open = { min: null, max: null }
    expect(boundedRange([2, 8], open)).toEqual([2, 8])
    expect(boundedRange([2, 8], { ...open, min: 0 })).toEqual([0, 8])
    expect(boundedRange([2, 8], { min: 4, max: 6 })).toEqual([4, 6])
    expect(boundedRange([2, 8], { ...open, min: 9 })).toEqual([9, 10])
    expect(boundedRange([2, 8], { ...open, max: 1 })).toEqual([0, 1])
  })

  it('holds all pens, bands included, and nothing that is bad', () => {
    const { scales } = planPlot([
      pen('a', 'K', PEN_SHAPE.line, samples([0, 10], [1, 20], [2, -32_768, 'BAD'])),
      pen('b', 'K', PEN_SHAPE.line, buckets(1, [0, { min: 5, avg: 12, max: 30, count: 9 }])),
    ])
    const [low, high] = scaleRange(scales[0]!, ALL)
    expect(low).toBeCloseTo(5 - 25 * 0.08)
    expect(high).toBeCloseTo(30 + 25 * 0.08)
  })

  it('looks at what is on screen', () => {
    const course = samples([0, 1_000], [100, 1], [200, 2], [300, 1_000])
    expect(extentOf(course, { from: 50, to: 250 })).toEqual([1, 2])
    // Between two samples there is the line that joins them.
    expect(extentOf(course, { from: 110, to: 120 })).toEqual([1, 2])
    expect(extentOf(samples(), ALL)).toBeNull()
  })

  it('shows a flat signal as flat', () => {
    const { scales } = planPlot([pen('a', 'K', PEN_SHAPE.line, samples([0, 50], [1, 50]))])
    expect(scaleRange(scales[0]!, ALL)).toEqual([49, 51])
    expect(
      scaleRange({ ...scales[0]!, pens: [pen('a', 'K', PEN_SHAPE.line, samples())] }, ALL),
    ).toEqual([0, 1])
  })
})

describe('lanes', () => {
  const running = pen('running', '', PEN_SHAPE.switch)
  const open = pen('open', '', PEN_SHAPE.switch)

  it('stand below the numbers, which leave them their room', () => {
    const plan = planPlot([pen('a', 'K'), running, open])
    const [first, second] = laneBoxes(plan, 400)
    expect(first!.top).toBe(320)
    expect(second!.top).toBe(360)
    expect(first!.on).toBeGreaterThan(first!.top)
    expect(first!.off).toBeLessThan(second!.top)
    const [low, high] = aboveLanes([0, 32], plan, 400)
    // What is 0 stands right above the first lane.
    expect(400 * ((high - 0) / (high - low))).toBeCloseTo(first!.top)
  })

  it('share all of the plot where there are no numbers', () => {
    const boxes = laneBoxes(planPlot([running, open]), 200)
    expect(boxes.map(({ top }) => top)).toEqual([0, 100])
  })

  it('never take more than half from the numbers', () => {
    const many = Array.from({ length: 5 }, (_, index) =>
      pen(`s${String(index)}`, '', PEN_SHAPE.switch),
    )
    expect(laneBoxes(planPlot([pen('a', 'K'), ...many]), 200)[0]!.top).toBe(100)
  })
})

it.each([
  ['float', samples([0, 1]), PEN_SHAPE.line],
  ['int', samples([0, 1]), PEN_SHAPE.step],
  ['bool', buckets(1), PEN_SHAPE.switch],
  [undefined, samples([0, true]), PEN_SHAPE.switch],
  [undefined, samples([0, 1]), PEN_SHAPE.line],
] as const)('%s is drawn as it is measured', (dataType, course, shape) => {
  expect(shapeOf(dataType, course)).toBe(shape)
})
