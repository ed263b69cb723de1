import type uPlot from 'uplot'
import type { ChartStyle } from '@/core/trend/chart-style'
import { chartFont } from '@/core/trend/chart-style'
import {
  COURSE_KIND,
  heightOf,
  lineHeight,
  placesOf,
  timeOf,
  type Course,
  type Period,
} from '@/core/trend/course'
import { isDashed, PEN_SHAPE, type Pen } from '@/core/trend/pen'
import { laneBoxes, type Lane, type PlotPlan } from '@/core/trend/plot-plan'
import { traceBand, traceLine } from '@/core/trend/trace'

const LINE_PX = 1.5
/** A line of very many points is as thin as can be: anything else costs many times as much, and looks no better. */
const THIN_PX = 1
const THIN_FROM_PER_PX = 0.5
const DASH_PX = [6, 4]
const DOT_PX = 2.25
/** Points are drawn while there are so few that a line alone would hide them. */
const FEW_POINTS = 40
const CROSS_PX = 3
/** A cross for each of very many bad samples would be a bar. */
const CROSS_EVERY_PX = 7
/** Two digits of hexadecimal behind a colour: how much of it covers what is below. */
const BAND_ALPHA = '30'
const ON_ALPHA = '4d'

/** Where a pen is drawn. */
interface Field {
  ctx: CanvasRenderingContext2D
  ratio: number
  width: number
  xOf: (time: number) => number
  yOf: (height: number) => number
  colour: string
}

/** Draws all pens into the plot of a chart, whose axes stand already. */
export function drawPens(chart: uPlot, plan: PlotPlan, period: Period, style: ChartStyle): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  const xOf = (time: number): number =>
    bbox.left + ((time - period.from) / (period.to - period.from)) * bbox.width
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()

  const fieldOf = (pen: Pen, yOf: Field['yOf']): Field => {
    const colour = style.pens[pen.slot]!
    return { ctx, ratio, width: bbox.width, xOf, yOf, colour }
  }
  const lanes = laneBoxes(plan, bbox.height / ratio)
  for (const lane of lanes) {
    const on = bbox.top + lane.on * ratio
    const off = bbox.top + lane.off * ratio
    const field = fieldOf(lane.pen, (height) => off - height * (off - on))
    if (plan.scales.length > 0 || plan.lanes.length > 1) drawLaneTitle(chart, lane, style)
    drawPen(field, lane.pen, period)
    drawCrosses(field, lane.pen.course, period, style.bad, { top: on, floor: off })
  }
  const numbersEnd = lanes[0] ? bbox.top + lanes[0].top * ratio : bbox.top + bbox.height
  const floor = numbersEnd - (CROSS_PX + 2) * ratio
  // What is beyond ends that were chosen does not run into the lanes.
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, numbersEnd - bbox.top)
  ctx.clip()
  for (const { key, pens } of plan.scales) {
    const { min, max } = chart.scales[key] ?? {}
    if (min === undefined || max === undefined) continue
    const yOf = (height: number): number =>
      bbox.top + bbox.height * (1 - (height - min) / (max - min))
    for (const pen of pens) drawPen(fieldOf(pen, yOf), pen, period)
    for (const pen of pens) {
      drawCrosses(fieldOf(pen, yOf), pen.course, period, style.bad, { top: bbox.top, floor })
    }
  }
  ctx.restore()
}

function drawPen(field: Field, { course, shape, slot }: Pen, period: Period): void {
  const { ctx, ratio, width, xOf, yOf, colour } = field
  const [first, end] = placesOf(course, period)
  const isStepped = shape !== PEN_SHAPE.line
  const isBuckets = course.kind === COURSE_KIND.buckets
  const heightAt = (place: number): number | null =>
    isBuckets ? course.avg[place]! : lineHeight(course, place)
  const yAt =
    (heights: (place: number) => number | null) =>
    (place: number): number | null => {
      const height = heights(place)
      return height === null ? null : yOf(height)
    }
  // A stepped bucket is drawn over all of its time, any other at its middle.
  const xAt = (place: number): number =>
    xOf(isStepped ? course.times[place]! : timeOf(course, place))
  const bucketEnd =
    isBuckets && isStepped
      ? (place: number): number => xOf(course.times[place]! + course.bucketMs)
      : undefined
  const nextStart = (place: number): number => xOf(course.times[Math.min(place + 1, end - 1)]!)

  if (shape === PEN_SHAPE.switch) {
    const on = new Path2D()
    const lowAt = yAt((place) => (heightAt(place) === null ? null : 0))
    const xEndAt = bucketEnd ?? nextStart
    traceBand(on, { first, end, xAt, xEndAt, highAt: yAt(heightAt), lowAt })
    ctx.fillStyle = colour + ON_ALPHA
    ctx.fill(on)
  } else if (isBuckets) {
    const band = new Path2D()
    const highAt = yAt((place) => course.max[place]!)
    const lowAt = yAt((place) => course.min[place]!)
    traceBand(band, { first, end, xAt, xEndAt: bucketEnd ?? xAt, highAt, lowAt })
    ctx.fillStyle = colour + BAND_ALPHA
    ctx.fill(band)
  }
  const line = new Path2D()
  const row = { first, end, xAt, yAt: yAt(heightAt), isStepped, xEndAt: bucketEnd }
  const lonely = traceLine(line, row, width)
  ctx.strokeStyle = colour
  const isThin = end - first > (width / ratio) * THIN_FROM_PER_PX
  ctx.lineWidth = (isThin ? THIN_PX : LINE_PX) * ratio
  ctx.lineJoin = isThin ? 'bevel' : 'round'
  ctx.setLineDash(isDashed(slot) ? DASH_PX.map((px) => px * ratio) : [])
  ctx.stroke(line)

  const dotted = end - first <= FEW_POINTS && !bucketEnd ? range(first, end) : lonely
  const dots = new Path2D()
  for (const place of dotted) {
    const y = row.yAt(place)
    if (y !== null)
      dots.rect(
        xAt(place) - DOT_PX * ratio,
        y - DOT_PX * ratio,
        2 * DOT_PX * ratio,
        2 * DOT_PX * ratio,
      )
  }
  ctx.fillStyle = colour
  ctx.fill(dots)
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index)
}

/** Marks what is bad: a sample at its height, if it has one, what buckets only count at the bottom. */
function drawCrosses(
  { ctx, ratio, xOf, yOf }: Field,
  course: Course,
  period: Period,
  colour: string,
  { top, floor }: { top: number; floor: number },
): void {
  const [first, end] = placesOf(course, period)
  const path = new Path2D()
  const arm = CROSS_PX * ratio
  let lastX = -Infinity
  let lastY = -Infinity
  for (let place = first; place < end; place++) {
    let height: number | null = null
    if (course.kind === COURSE_KIND.buckets) {
      if ((course.nonGood[place] ?? 0) === 0) continue
    } else {
      if (course.qualities[place] !== 'BAD') continue
      height = heightOf(course.values[place]!)
    }
    const x = xOf(timeOf(course, place))
    // What is far off the scale stays at its edge: it would squeeze everything else.
    const y = height === null ? floor : Math.min(floor, Math.max(top + arm, yOf(height)))
    const isClose =
      x - lastX < CROSS_EVERY_PX * ratio && Math.abs(y - lastY) < CROSS_EVERY_PX * ratio
    if (isClose) continue
    lastX = x
    lastY = y
    path.moveTo(x - arm, y - arm)
    path.lineTo(x + arm, y + arm)
    path.moveTo(x + arm, y - arm)
    path.lineTo(x - arm, y + arm)
  }
  ctx.setLineDash([])
  ctx.strokeStyle = colour
  ctx.lineWidth = 2 * ratio
  ctx.stroke(path)
}

function drawLaneTitle(chart: uPlot, { pen, top }: Lane, style: ChartStyle): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  ctx.font = chartFont(ratio)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  ctx.fillStyle = style.text
  ctx.fillText(pen.name, bbox.left + 4 * ratio, bbox.top + (top + 3) * ratio)
}
