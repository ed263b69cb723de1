import uPlot from 'uplot'
import { formatNumber } from '@/core/format/format-value'
import { numberLabels } from '@/core/trend/number-axis'
import { timeLabels } from '@/core/trend/time-labels'
import { TREND_KIND, type TrendKind } from '@/modules/trend/trend-data'

export interface ChartStyle {
  pen: string
  band: string
  bad: string
  grid: string
  text: string
}

export interface ChartSetup {
  kind: TrendKind
  locale: string
  timeZone: string | undefined
  /** What 0 and 1 are called on the axis of an on/off metric. */
  switchWords: readonly [off: string, on: string]
  window: () => { from: number; to: number }
  onCursor: (index: number | null) => void
}

const FONT = '12px "Inter Variable", system-ui, sans-serif'
const PADDING = 0.08
/** A chart as wide as this has room for labels of 16 digits. */
const WIDE_PX = 480
/** A readout further from the cursor than this would quote a sample that is not there. */
const NEAR_PX = 24

/** Reads the tokens of the theme on screen. */
export function readStyle(element: Element): ChartStyle {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    pen: read('--pen-1'),
    band: read('--pen-band'),
    bad: read('--q-bad'),
    grid: read('--border'),
    text: read('--text-2'),
  }
}

export function chartOptions(
  setup: ChartSetup,
  style: ChartStyle,
  size: { width: number; height: number },
): uPlot.Options {
  const { kind, locale, timeZone } = setup
  let base = ''
  const labelRoom = growingRoom()
  const axis: uPlot.Axis = {
    stroke: style.text,
    font: FONT,
    grid: { stroke: style.grid, width: 1 },
    ticks: { stroke: style.grid, width: 1, size: 4 },
  }
  return {
    ...size,
    padding: [() => (base === '' ? 12 : 32), 16, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 8 },
      hover: { prox: NEAR_PX },
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
      y: { range: kind === TREND_KIND.step ? [-0.15, 1.15] : padded },
    },
    axes: [
      {
        ...axis,
        space: 76,
        size: 32,
        values: (_chart, splits, _axis, _space, step) => timeLabels(splits, step, locale, timeZone),
      },
      kind === TREND_KIND.step
        ? { ...axis, splits: () => [0, 1], values: () => [...setup.switchWords], size: labelRoom }
        : {
            ...axis,
            values: (chart, splits) => {
              const numbers = numberLabels(splits, locale, chart.width >= WIDE_PX)
              base = numbers.base === 0 ? '' : `${formatNumber(numbers.base, 'int', 0, locale)} +`
              return numbers.labels
            },
            size: labelRoom,
          },
    ],
    series: [{}, ...seriesOf(kind, style)],
    // Series 1 and 2 of a band are minimum and maximum.
    ...(kind === TREND_KIND.band && { bands: [{ series: [2, 1], fill: style.band }] }),
    hooks: {
      draw: [
        (chart) => {
          drawBase(chart, base, style.text)
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

function seriesOf(kind: TrendKind, style: ChartStyle): uPlot.Series[] {
  const line: uPlot.Series = { stroke: style.pen, width: 1.5, points: { show: false } }
  if (kind === TREND_KIND.band) {
    const edge: uPlot.Series = { stroke: style.band, width: 1, points: { show: false } }
    return [edge, edge, { ...line, width: 2 }, { ...line, width: 1 }]
  }
  const bad: uPlot.Series = {
    stroke: style.bad,
    width: 0,
    paths: () => null,
    points: { show: true, size: 6, stroke: style.bad, fill: style.bad, width: 1 },
  }
  if (kind !== TREND_KIND.step) return [{ ...line, points: { show: showLonely } }, bad]
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  return [stepped ? { ...line, paths: stepped } : line, bad]
}

/** Points are drawn while there are so few that a line alone would hide them. */
function showLonely(chart: uPlot): boolean {
  return chart.data[0].length < 40
}

function padded(_chart: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1]
  // A flat signal is shown as flat, not as noise blown up to the height of the chart.
  const span = high - low || Math.max(Math.abs(high) * 0.02, 1)
  const pad = high > low ? span * PADDING : span
  return [low - pad, high + pad]
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

/** What every label of the number axis is to be added to, above the axis. */
function drawBase(chart: uPlot, base: string, colour: string): void {
  const { ctx } = chart
  ctx.save()
  ctx.font = FONT.replace('12px', `${12 * devicePixelRatio}px`)
  ctx.fillStyle = colour
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  ctx.fillText(base, 0, 0)
  ctx.restore()
}

function nearIndex(chart: uPlot): number | null {
  const { idx, left } = chart.cursor
  if (idx === null || idx === undefined || left === undefined || left < 0) return null
  const time = chart.data[0][idx]
  if (time === undefined) return null
  return Math.abs(chart.valToPos(time, 'x') - left) <= NEAR_PX ? idx : null
}
