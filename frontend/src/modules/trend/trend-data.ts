import type { DataType, MetricValue } from '@/contract/common'
import { RESOLUTION, type HourlyRow } from '@/contract/rest'
import { findGaps, gapLimit } from '@/modules/trend/gaps'
import { mergeSamples, type History, type Sample } from '@/modules/trend/history'

export const TREND_KIND = {
  /** Numbers, joined by lines. */
  line: 'line',
  /** On and off, as steps. */
  step: 'step',
  /** Hourly average within the band from minimum to maximum. */
  hourly: 'hourly',
  /** Text has no height: its changes are listed. */
  text: 'text',
} as const
export type TrendKind = (typeof TREND_KIND)[keyof typeof TREND_KIND]

/** `null` breaks a line, `undefined` only means that another series has a point there. */
export type Column = (number | null | undefined)[]

/** What stands behind a point of the chart, for the readout. */
export type TrendPoint =
  { kind: 'sample'; sample: Sample } | { kind: 'hour'; row: HourlyRow } | null

export interface TrendData {
  kind: TrendKind
  /** Seconds, as uPlot has them. */
  times: number[]
  /** line, step: value, bad value. hourly: minimum, maximum, average, live value. */
  columns: Column[]
  points: TrendPoint[]
  /** The samples of a text metric. */
  samples: Sample[]
  counts: { stored: number; live: number; bad: number; hours: number }
  cut: boolean
}

const HOUR_MS = 3_600_000
const HOUR_GAP_SECONDS = 1.5 * 3_600

export function buildTrend(
  history: History | undefined,
  live: readonly Sample[],
  from: number,
  dataType: DataType | undefined,
): TrendData {
  if (history?.resolution === RESOLUTION.hourly && history.rows.length > 0) {
    return buildHourly(history.rows, live, from, history.cut)
  }
  const stored = history?.resolution === RESOLUTION.raw ? history.samples : []
  const samples = mergeSamples(stored, live, from)
  const kept = stored.reduce((count, sample) => count + (sample.ts >= from ? 1 : 0), 0)
  const base = {
    samples,
    cut: history?.cut ?? false,
    counts: {
      stored: samples.length,
      live: samples.length - kept,
      bad: samples.reduce((count, { quality }) => count + (quality === 'BAD' ? 1 : 0), 0),
      hours: 0,
    },
  }
  const kind = kindOf(samples, dataType)
  if (kind === TREND_KIND.text) return { ...base, kind, times: [], columns: [], points: [] }
  return { ...base, kind, ...buildLine(samples) }
}

function kindOf(samples: readonly Sample[], dataType: DataType | undefined): TrendKind {
  const newest = samples.findLast(({ value }) => value !== null)?.value
  if (typeof newest === 'string') return TREND_KIND.text
  if (typeof newest === 'boolean') return TREND_KIND.step
  if (newest !== undefined) return TREND_KIND.line
  if (dataType === 'string') return TREND_KIND.text
  return dataType === 'bool' ? TREND_KIND.step : TREND_KIND.line
}

function buildLine(samples: readonly Sample[]): Pick<TrendData, 'times' | 'columns' | 'points'> {
  const seconds = samples.map(({ ts }) => ts / 1_000)
  const gaps = new Set(findGaps(seconds, gapLimit(seconds)))
  const times: number[] = []
  const values: Column = []
  const bad: Column = []
  const points: TrendPoint[] = []
  samples.forEach((sample, index) => {
    const time = seconds[index]!
    if (gaps.has(index)) {
      times.push((times.at(-1)! + time) / 2)
      values.push(null)
      bad.push(null)
      points.push(null)
    }
    const height = toHeight(sample.value)
    const isBad = sample.quality === 'BAD'
    times.push(time)
    values.push(isBad ? null : height)
    bad.push(isBad ? height : null)
    points.push({ kind: 'sample', sample })
  })
  return { times, columns: [values, bad], points }
}

/** Charts have the precision of a pixel; the readout shows the exact value from the sample. */
function toHeight(value: MetricValue): number | null {
  if (value === null || typeof value === 'string') return null
  return Number(value)
}

interface Mark {
  time: number
  heights: [Column[0], Column[0], Column[0], Column[0]]
  point: TrendPoint
}

/** Hours stand at their middle; live values that are not in an hour yet follow as a thin line. */
function buildHourly(
  rows: readonly HourlyRow[],
  live: readonly Sample[],
  from: number,
  cut: boolean,
): TrendData {
  const shown = rows.filter(({ hour }) => hour + HOUR_MS > from)
  const marks: Mark[] = shown.map((row) => ({
    time: (row.hour + HOUR_MS / 2) / 1_000,
    heights: [row.min, row.max, row.avg, undefined],
    point: { kind: 'hour', row },
  }))
  for (const index of findGaps(
    marks.map(({ time }) => time),
    HOUR_GAP_SECONDS,
  )) {
    const time = (marks[index - 1]!.time + marks[index]!.time) / 2
    marks.push({ time, heights: [null, null, null, undefined], point: null })
  }
  for (const sample of live) {
    if (sample.ts < from || sample.quality === 'BAD') continue
    marks.push({
      time: sample.ts / 1_000,
      heights: [undefined, undefined, undefined, toHeight(sample.value)],
      point: { kind: 'sample', sample },
    })
  }
  marks.sort((a, b) => a.time - b.time)
  return {
    kind: TREND_KIND.hourly,
    times: marks.map(({ time }) => time),
    columns: [0, 1, 2, 3].map((column) => marks.map(({ heights }) => heights[column])),
    points: marks.map(({ point }) => point),
    samples: [],
    counts: {
      stored: 0,
      live: live.length,
      bad: shown.reduce((sum, { nonGood }) => sum + nonGood, 0),
      hours: shown.length,
    },
    cut,
  }
}
