import {
  COURSE_KIND,
  lineHeight,
  placeOf,
  placesOf,
  type Course,
  type Period,
} from '@/core/trend/course'
import { PEN_SHAPE, type Pen } from '@/core/trend/pen'

/** Where the axis of a scale stands; a third unit has none. */
export type AxisSide = 'left' | 'right' | null

/** Pens of one unit share one scale, or those that somebody put to one side. */
export interface NumberScale {
  key: string
  /** Of all its pens; several where somebody wanted it so. */
  unit: string
  side: AxisSide
  pens: Pen[]
}

/** What stands where in a chart. */
export interface PlotPlan {
  scales: NumberScale[]
  /** Pens of on and off, each in a lane of its own below the others. */
  lanes: Pen[]
}

const SIDES: readonly AxisSide[] = ['left', 'right']

export function planPlot(pens: readonly Pen[]): PlotPlan {
  const scales: NumberScale[] = []
  const lanes: Pen[] = []
  for (const pen of pens) {
    if (pen.shape === PEN_SHAPE.switch) {
      lanes.push(pen)
      continue
    }
    const scale = scales.find(({ unit, side }) =>
      pen.side ? side === pen.side : unit === pen.unit,
    )
    if (scale) {
      scale.pens.push(pen)
      scale.unit = [...new Set(scale.pens.map(({ unit }) => unit))].filter(Boolean).join(' · ')
    } else {
      const side = pen.side ?? SIDES[scales.length] ?? null
      scales.push({ key: `n${String(scales.length)}`, unit: pen.unit, side, pens: [pen] })
    }
  }
  return { scales, lanes }
}

/** What makes one plan look like another: as long as it stays, axes and scales do. */
export function planKey({ scales, lanes }: PlotPlan): string {
  const ofScales = scales.map(
    ({ unit, side, pens }) => `${unit}/${String(side)}:${pens.map(penKey).join('+')}`,
  )
  return [...ofScales, `|${lanes.map(penKey).join('+')}`].join(';')
}

function penKey({ slot, metricId, shape }: Pen): string {
  return `${String(slot)}=${metricId}/${shape}`
}

/** The least and the greatest height in a period, of what is not bad; null where there is nothing. */
export function extentOf(course: Course, period: Period): [min: number, max: number] | null {
  const inside: [number, number] = [
    placeOf(course.times, period.from),
    placeOf(course.times, period.to),
  ]
  return extentOfPlaces(course, inside) ?? extentOfPlaces(course, placesOf(course, period))
}

function extentOfPlaces(course: Course, [first, end]: [number, number]): [number, number] | null {
  let low = Infinity
  let high = -Infinity
  for (let place = first; place < end; place++) {
    const isBuckets = course.kind === COURSE_KIND.buckets
    const least = isBuckets ? course.min[place]! : lineHeight(course, place)
    const most = isBuckets ? course.max[place]! : least
    if (least === null || most === null) continue
    low = Math.min(low, least)
    high = Math.max(high, most)
  }
  return low <= high ? [low, high] : null
}

const PADDING = 0.08

/** The ends of a scale that shows all of its pens. */
export function scaleRange(scale: NumberScale, period: Period): [min: number, max: number] {
  const extents = scale.pens.map(({ course }) => extentOf(course, period))
  const known = extents.filter((extent) => extent !== null)
  if (known.length === 0) return [0, 1]
  const low = Math.min(...known.map(([least]) => least))
  const high = Math.max(...known.map(([, most]) => most))
  // A flat signal is shown as flat, not as noise blown up to the height of the chart.
  const span = high - low || Math.max(Math.abs(high) * 0.02, 1)
  const pad = high > low ? span * PADDING : span
  return [low - pad, high + pad]
}

/** Ends of a scale that somebody chose; null leaves one to what is drawn. */
export interface Bounds {
  min: number | null
  max: number | null
}

/** The range of a scale, with the ends that were chosen. */
export function boundedRange([low, high]: [number, number], bounds: Bounds): [number, number] {
  const min = bounds.min ?? low
  const max = bounds.max ?? high
  if (min < max) return [min, max]
  // All there is lies beyond the one end that was chosen.
  return bounds.min === null && bounds.max !== null ? [max - 1, max] : [min, min + 1]
}

const LANE_HEIGHT = 22
const LANE_TITLE = 18
/** Numbers keep at least this share of a chart that has lanes as well. */
const LEAST_FOR_NUMBERS = 0.5

/** A lane in CSS pixels from the top of the plot: its title, and where on and off are. */
export interface Lane {
  pen: Pen
  top: number
  on: number
  off: number
}

/** The lanes at the bottom of a plot, or over all of it where there are no numbers. */
export function laneBoxes({ scales, lanes }: PlotPlan, plotHeight: number): Lane[] {
  if (lanes.length === 0) return []
  const most = scales.length === 0 ? plotHeight : plotHeight * (1 - LEAST_FOR_NUMBERS)
  const wanted = scales.length === 0 ? plotHeight : lanes.length * (LANE_HEIGHT + LANE_TITLE)
  const each = Math.min(wanted, most) / lanes.length
  return lanes.map((pen, index) => {
    const top = plotHeight - each * (lanes.length - index)
    const title = Math.min(LANE_TITLE, each * 0.45)
    return { pen, top, on: top + title, off: top + each - 2 }
  })
}

/** The range of a scale whose numbers leave the bottom of the plot to the lanes. */
export function aboveLanes(
  [min, max]: [number, number],
  plan: PlotPlan,
  plotHeight: number,
): [number, number] {
  const top = laneBoxes(plan, plotHeight)[0]?.top
  if (top === undefined || plotHeight <= 0 || top <= 0) return [min, max]
  return [max - (max - min) * (plotHeight / top), max]
}
