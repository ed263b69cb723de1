import uPlot from 'uplot'
import { formatNumber } from '@/core/format/format-value'
import { chartFont, type ChartStyle } from '@/core/trend/chart-style'
import type { Period } from '@/core/trend/course'
import { drawLimits, type ChartLimit } from '@/core/trend/draw-limits'
import { drawPens } from '@/core/trend/draw-pens'
import { numberLabels } from '@/core/trend/number-axis'
import {
  aboveLanes,
  boundedRange,
  laneBoxes,
  scaleRange,
  type Bounds,
  type NumberScale,
  type PlotPlan,
} from '@/core/trend/plot-plan'
import { timeLabels } from '@/core/trend/time-labels'

export interface ChartSetup {
  /** Asked for whenever something is drawn, for pens grow. */
  plan: () => PlotPlan
  period: () => Period
  locale: string
  timeZone: string | undefined
  /** What off and on are called. */
  switchWords: readonly [off: string, on: string]
  /** Of the left axis, as the limits are. */
  bounds: Bounds
  limits: readonly ChartLimit[]
  /** Charts of one name move their cursors together. */
  syncKey: string | undefined
  onDraw: () => void
  /** Where the cursor is, in pixels of the plot; null when it is nowhere. */
  onCursor: (left: number | null) => void
}

/** A chart as wide as this has room for labels of 16 digits. */
const WIDE_PX = 480
/** One narrower than this has no room for number axes beside the plot. */
export const NARROW_PX = 260
const TOP_PX = 24
const EDGE_PX = 8
const LEFT = 3
const RIGHT = 1
const TITLE_GAP = 9

/** What uPlot draws of a chart: axes, grid and cursor. The pens are drawn by `drawPens`, each from its own course. */
export function chartOptions(
  setup: ChartSetup,
  style: ChartStyle,
  size: { width: number; height: number },
): uPlot.Options {
  const { plan, period, locale, timeZone } = setup
  const { scales, lanes } = plan()
  /** What every label of an axis is to be added to. */
  const bases = new Map<string, string>()
  const line = {
    stroke: style.text,
    font: chartFont(),
    grid: { stroke: style.grid, width: 1 },
    ticks: { stroke: style.grid, width: 1, size: 4 },
  }
  const isNarrow = size.width < NARROW_PX
  const rangeOf = rememberRanges(setup, scales)
  const leftScale = scales.find(({ side }) => side === 'left')

  const numberAxis = ({ key, side }: NumberScale, index: number): uPlot.Axis => {
    const inPlot = (_chart: uPlot, splits: number[]): (number | null)[] => {
      const [least] = rangeOf(key)
      return splits.map((split) => (lanes.length > 0 && split < least ? null : split))
    }
    return {
      ...line,
      scale: key,
      side: side === 'right' ? RIGHT : LEFT,
      // One grid is enough to look along.
      grid: { ...line.grid, show: index === 0, filter: inPlot },
      ticks: { ...line.ticks, filter: inPlot },
      filter: inPlot,
      values: (chart, splits) => {
        const shown = splits.filter((split) => split !== null)
        if (shown.length === 0) return splits.map(() => '')
        const numbers = numberLabels(shown, locale, chart.width >= WIDE_PX && scales.length === 1)
        bases.set(
          key,
          numbers.base === 0 ? '' : `${formatNumber(numbers.base, 'int', 0, locale)} +`,
        )
        let next = 0
        return splits.map((split) => (split === null ? '' : (numbers.labels[next++] ?? '')))
      },
      size: growingRoom(),
    }
  }
  const plotHeight = (chart: uPlot): number =>
    chart.bbox ? chart.bbox.height / devicePixelRatio : size.height - 56
  const switchAxis: uPlot.Axis = {
    ...line,
    scale: 'switch',
    grid: { show: false },
    splits: () => [0, 1],
    values: () => [...setup.switchWords],
    size: growingRoom(),
  }
  const axes = isNarrow ? [] : scales.filter(({ side }) => side !== null).map(numberAxis)
  const isOneSwitch = scales.length === 0 && lanes.length === 1 && !isNarrow

  return {
    ...size,
    ms: 1,
    padding: [
      axes.length > 0 ? TOP_PX : EDGE_PX,
      axes.some(({ side }) => side === RIGHT) ? 0 : 2 * EDGE_PX,
      0,
      axes.some(({ side }) => side === LEFT) || isOneSwitch ? 0 : 2 * EDGE_PX,
    ],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      ...(setup.syncKey !== undefined && { sync: { key: setup.syncKey, scales: ['x', null] } }),
    },
    ...(timeZone !== undefined && {
      tzDate: (ms: number) => uPlot.tzDate(new Date(ms), timeZone),
    }),
    scales: {
      x: {
        range: () => {
          const { from, to } = period()
          return [from, to]
        },
      },
      ...Object.fromEntries(
        scales.map(({ key }): [string, uPlot.Scale] => [
          key,
          {
            range: (chart) => aboveLanes(rangeOf(key), plan(), plotHeight(chart)),
          },
        ]),
      ),
      ...(isOneSwitch && {
        switch: {
          range: (chart: uPlot) => {
            const height = plotHeight(chart)
            const lane = laneBoxes(plan(), height)[0]
            if (!lane || lane.off <= lane.on) return [0, 1]
            const unit = lane.off - lane.on
            return [-(height - lane.off) / unit, 1 + lane.on / unit]
          },
        },
      }),
    },
    axes: [
      {
        ...line,
        space: 76,
        size: 32,
        values: (_chart, splits, _axis, _space, step) => timeLabels(splits, step, locale, timeZone),
      },
      ...axes,
      ...(isOneSwitch ? [switchAxis] : []),
    ],
    series: [{}],
    hooks: {
      draw: [
        (chart) => {
          drawPens(chart, plan(), period(), style)
          if (leftScale) drawLimits(chart, leftScale.key, setup.limits, style, locale)
          if (axes.length > 0) drawAxisTitles(chart, scales, bases, style.text)
          setup.onDraw()
        },
      ],
      setCursor: [
        (chart) => {
          const left = chart.cursor.left ?? -1
          setup.onCursor(left < 0 ? null : left)
        },
      ],
    },
  }
}

/** The range of each scale, looked for once in a drawing, which asks for it again and again. */
function rememberRanges(
  { plan, period, bounds }: ChartSetup,
  first: readonly NumberScale[],
): (key: string) => [number, number] {
  const known = new Map<string, { scale: NumberScale; of: Period; range: [number, number] }>()
  return (key) => {
    const isIt = (each: NumberScale): boolean => each.key === key
    const scale = plan().scales.find(isIt) ?? first.find(isIt)!
    const of = period()
    let entry = known.get(key)
    if (entry?.scale !== scale || entry.of !== of) {
      const range = scaleRange(scale, of)
      entry = { scale, of, range: scale.side === 'left' ? boundedRange(range, bounds) : range }
      known.set(key, entry)
    }
    return entry.range
  }
}

/** The room of the longest labels so far: the plot does not move when 99 becomes 100. */
function growingRoom(): (chart: uPlot, labels: string[] | null) => number {
  let room = 40
  return (_chart, labels) => {
    const longest = Math.max(0, ...(labels ?? []).map((label) => label.length))
    room = Math.max(room, longest * 7.7 + 16)
    return room
  }
}

/** Above each axis its unit, and what its labels are to be added to. */
function drawAxisTitles(
  chart: uPlot,
  scales: readonly NumberScale[],
  bases: ReadonlyMap<string, string>,
  colour: string,
): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  ctx.save()
  ctx.font = chartFont(ratio)
  ctx.fillStyle = colour
  ctx.textBaseline = 'top'
  for (const { key, unit, side } of scales) {
    if (side === null) continue
    const text = [bases.get(key) ?? '', unit].filter((part) => part !== '').join(' ')
    const isLeft = side === 'left'
    const plotEdge = isLeft
      ? bbox.left - TITLE_GAP * ratio
      : bbox.left + bbox.width + TITLE_GAP * ratio
    const canvasEdge = isLeft ? 0 : ctx.canvas.width
    // Right above the labels, which begin and end at the plot, or as far out as it must be.
    const isFitting = ctx.measureText(text).width <= Math.abs(plotEdge - canvasEdge)
    ctx.textAlign = isLeft === isFitting ? 'right' : 'left'
    ctx.fillText(text, isFitting ? plotEdge : canvasEdge, 2 * ratio)
  }
  ctx.restore()
}
