import type { DataType, MetricValue } from '@/contract/common'
import { RESOLUTION, type BucketRow } from '@/contract/rest'
import { findGaps, gapLimit } from '@/modules/trend/gaps'
import { mergeSamples, type History, type Sample } from '@/modules/trend/history'

export const TREND_KIND = {
  /** Numbers, joined by lines. */
  line: 'line',
  /** On and off, as steps. */
  step: 'step',
  /** Means of buckets of time within the band from minimum to maximum. */
  band: 'band',
  /** Text has no height: its changes are listed. */
  text: 'text',
} as const
export type TrendKind = (typeof TREND_KIND)[keyof typeof TREND_KIND]

/** `null` breaks a line, `undefined` only means that another series has a point there. */
export type Column = (number | null | undefined)[]

/** What stands behind a point of the chart, for the readout. */
export type TrendPoint =
  { kind: 'sample'; sample: Sample } | { kind: 'bucket'; row: BucketRow } | null

export interface TrendData {
  kind: TrendKind
  /** Seconds, as uPlot has them. */
  times: number[]
  /** line, step: value, bad value. band: minimum, maximum, average, live value. */
  columns: Column[]
  points: TrendPoint[]
  /** The samples of a text metric. */
  samples: Sample[]
  counts: { stored: number; live: number; bad: number; buckets: number }
  /** How long a bucket is. */
  bucketSeconds: number
  cut: boolean
}

export function buildTrend(
  history: History | undefined,
  live: readonly Sample[],
  from: number,
  dataType: DataType | undefined,
): TrendData {
  if (history?.resolution === RESOLUTION.buckets && history.rows.length > 0) {
    return buildBand(history, live, from)
  }
  const stored = history?.resolution === RESOLUTION.raw ? history.samples : []
  const samples = mergeSamples(stored, live, from)
  const kept = stored.reduce((count, sample) => count + (sample.ts >= from ? 1 : 0), 0)
  const base = {
    samples,
    cut: history?.cut ?? false,
    bucketSeconds: 0,
    counts: {
      stored: samples.length,
      live: samples.length - kept,
      bad: samples.reduce((count, { quality }) => count + (quality === 'BAD' ? 1 : 0), 0),
      buckets: 0,
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

/** Buckets stand at their middle; live values that are in none yet follow as a thin line. */
function buildBand(
  history: Extract<History, { resolution: typeof RESOLUTION.buckets }>,
  live: readonly Sample[],
  from: number,
): TrendData {
  const { rows, bucketSeconds, cut } = history
  const shown = rows.filter(({ start }) => start + bucketSeconds * 1_000 > from)
  const marks: Mark[] = shown.map((row) => ({
    time: row.start / 1_000 + bucketSeconds / 2,
    heights: [row.min, row.max, row.avg, undefined],
    point: { kind: 'bucket', row },
  }))
  const times = marks.map(({ time }) => time)
  // Who sends less often than a bucket is long leaves buckets empty without being silent.
  const usual = gapLimit(times)
  const limit = Math.max(1.5 * bucketSeconds, Number.isFinite(usual) ? usual : 0)
  for (const index of findGaps(times, limit)) {
    const time = (times[index - 1]! + times[index]!) / 2
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
    kind: TREND_KIND.band,
    times: marks.map(({ time }) => time),
    columns: [0, 1, 2, 3].map((column) => marks.map(({ heights }) => heights[column])),
    points: marks.map(({ point }) => point),
    samples: [],
    counts: {
      stored: shown.reduce((sum, { count, nonGood }) => sum + count + nonGood, 0),
      live: live.length,
      bad: shown.reduce((sum, { nonGood }) => sum + nonGood, 0),
      buckets: shown.length,
    },
    bucketSeconds,
    cut,
  }
}
