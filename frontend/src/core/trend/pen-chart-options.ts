import uPlot from 'uplot'
import { formatNumber } from '@/core/format/format-value'
import { numberLabels } from '@/core/trend/number-axis'
import { timeLabels } from '@/core/trend/time-labels'

export const PEN_SCALE = { left: 'left', right: 'right', onOff: 'onOff' } as const
export type PenScale = (typeof PEN_SCALE)[keyof typeof PEN_SCALE]

export interface PenLook {
  scale: PenScale
  /** Which of the theme's pens draws it, from 0. */
  pen: number
}

/** A value worth a line across the chart. */
export interface PenLimit {
  value: number
  text: string
}

export interface PenChartSetup {
  pens: readonly PenLook[]
  locale: string
  timeZone: string | undefined
  /** What 0 and 1 are called where every pen is on or off. */
  onOffWords: readonly [off: string, on: string]
  window: () => { from: number; to: number }
  bounds: { min: number | null; max: number | null }
  limits: readonly PenLimit[]
  /** Charts of one name move their cursors together. */
  syncKey?: string | undefined
  onCursor: (index: number | null) => void
}

export interface PenChartStyle {
  pens: readonly string[]
  grid: string
  text: string
  limit: string
}

const FONT = '12px "Inter Variable", system-ui, sans-serif'
const PADDING = 0.08
/** A chart narrower than this has no room for a number axis beside the curve. */
const NARROW_PX = 260
/** A readout further from the cursor than this would quote a sample that is not there. */
const NEAR_PX = 24
/** Colour alone does not tell more than three lines apart. */
const DASHED_FROM = 3
const DASH = [6, 3]

/** Reads the tokens of the theme on screen. */
export function readPenStyle(element: Element): PenChartStyle {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    pens: [1, 2, 3, 4, 5, 6].map((number) => read(`--pen-${String(number)}`)),
    grid: read('--border'),
    text: read('--text-2'),
    limit: read('--text'),
  }
}

export function isDashed(pen: number): boolean {
  return pen >= DASHED_FROM
}

export function penChartOptions(
  setup: PenChartSetup,
  style: PenChartStyle,
  size: { width: number; height: number },
): uPlot.Options {
  const { pens, timeZone, locale, bounds } = setup
  const has = (scale: PenScale): boolean => pens.some((pen) => pen.scale === scale)
  const isOnOff = !has(PEN_SCALE.left) && !has(PEN_SCALE.right)
  const axis: uPlot.Axis = {
    stroke: style.text,
    font: FONT,
    grid: { stroke: style.grid, width: 1 },
    ticks: { stroke: style.grid, width: 1, size: 4 },
  }
  const numbers = (scale: PenScale, side: 1 | 3): uPlot.Axis => ({
    ...axis,
    scale,
    side,
    space: 28,
    show: size.width >= NARROW_PX,
    grid: { ...axis.grid, show: side === 3 || !has(PEN_SCALE.left) },
    values: (_chart, splits) => numberLabels(splits, locale, false).labels,
    size: growingRoom(),
  })
  const side: uPlot.Axis[] = []
  if (has(PEN_SCALE.left)) side.push(numbers(PEN_SCALE.left, 3))
  if (has(PEN_SCALE.right)) side.push(numbers(PEN_SCALE.right, 1))
  if (isOnOff) {
    const values = (): string[] => [...setup.onOffWords]
    side.push({
      ...axis,
      scale: PEN_SCALE.onOff,
      splits: () => [0, 1],
      values,
      size: growingRoom(),
    })
  }
  return {
    ...size,
    padding: [8, has(PEN_SCALE.right) ? 0 : 12, 0, size.width < NARROW_PX ? 8 : 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7 },
      hover: { prox: NEAR_PX },
      ...(setup.syncKey !== undefined && { sync: { key: setup.syncKey, scales: ['x', null] } }),
    },
    ...(timeZone !== undefined && {
      tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1_000), timeZone),
    }),
    scales: {
      x: {
        range: () => {
          const { from, to } = setup.window()
          return [from / 1_000, to / 1_000]
        },
      },
      // The words of the right axis are another scale's: bounds are those of the left.
      [PEN_SCALE.left]: { range: (_chart, low, high) => within(bounds, padded(low, high)) },
      [PEN_SCALE.right]: { range: (_chart, low, high) => padded(low, high) },
      [PEN_SCALE.onOff]: { range: isOnOff ? [-0.15, 1.15] : [-0.05, 4] },
    },
    axes: [
      {
        ...axis,
        space: 76,
        size: 28,
        values: (_chart, splits, _axis, _space, step) => timeLabels(splits, step, locale, timeZone),
      },
      ...side,
    ],
    series: [{}, ...pens.map((pen) => seriesOf(pen, style))],
    hooks: {
      draw: [
        (chart) => {
          if (has(PEN_SCALE.left)) drawLimits(chart, setup.limits, style, locale)
        },
      ],
      setCursor: [
        (chart) => {
          setup.onCursor(nearIndex(chart))
        },
      ],
    },
  }
}

function seriesOf({ scale, pen }: PenLook, style: PenChartStyle): uPlot.Series {
  const stepped = scale === PEN_SCALE.onOff ? uPlot.paths.stepped?.({ align: 1 }) : undefined
  return {
    scale,
    stroke: style.pens[pen % style.pens.length]!,
    width: 1,
    ...(isDashed(pen) && { dash: DASH }),
    ...(stepped && { paths: stepped }),
    points: { show: showLonely },
  }
}

/** Points are drawn while there are so few that a line alone would hide them. */
function showLonely(chart: uPlot): boolean {
  return chart.data[0].length < 40
}

function padded(low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1]
  // A flat signal is shown as flat, not as noise blown up to the height of the chart.
  const span = high - low || Math.max(Math.abs(high) * 0.02, 1)
  const pad = high > low ? span * PADDING : span
  return [low - pad, high + pad]
}

function within(
  { min, max }: PenChartSetup['bounds'],
  [low, high]: uPlot.Range.MinMax,
): uPlot.Range.MinMax {
  const from = min ?? low ?? 0
  const to = max ?? high ?? 1
  return from < to ? [from, to] : [from, from + 1]
}

/** The room of the longest labels so far: the plot does not move when 99 becomes 100. */
function growingRoom(): (chart: uPlot, labels: string[] | null) => number {
  let room = 32
  return (_chart, labels) => {
    const longest = Math.max(0, ...(labels ?? []).map((label) => label.length))
    room = Math.max(room, longest * 7.4 + 14)
    return room
  }
}

function drawLimits(
  chart: uPlot,
  limits: readonly PenLimit[],
  style: PenChartStyle,
  locale: string,
): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.strokeStyle = style.limit
  ctx.fillStyle = style.limit
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.font = FONT.replace('12px', `${String(11 * devicePixelRatio)}px`)
  ctx.textAlign = 'right'
  ctx.textBaseline = 'bottom'
  for (const { value, text } of limits) {
    const y = chart.valToPos(value, PEN_SCALE.left, true)
    if (y < bbox.top || y > bbox.top + bbox.height) continue
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    const label = `${text} ${formatNumber(value, 'float', decimalsIn(value), locale)}`
    ctx.fillText(label, bbox.left + bbox.width - 4 * devicePixelRatio, y - 2 * devicePixelRatio)
  }
  ctx.restore()
}

function decimalsIn(value: number): number {
  return Math.min(3, String(value).split('.')[1]?.length ?? 0)
}

function nearIndex(chart: uPlot): number | null {
  const { idx, left } = chart.cursor
  if (idx === null || idx === undefined || left === undefined || left < 0) return null
  const time = chart.data[0][idx]
  if (time === undefined) return null
  return Math.abs(chart.valToPos(time, 'x') - left) <= NEAR_PX ? idx : null
}
