import type { Metric, Plc } from './factory.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600]
  .map((seconds) => seconds * SECOND)
  .concat([2, 3, 4, 6, 8, 12, 24].map((hours) => hours * HOUR))
/** Every so many seconds a number is bad. */
const BAD_EVERY = 97
const LOOKS_PER_BUCKET = 12

/** What a chart of a fixture is asked for. */
export interface ColumnsQuestion {
  metrics: Metric[]
  from: number
  to: number
  maxPoints: number
  /** Nothing came between these moments. */
  gap: readonly [from: number, to: number]
}

export function readQuestion(
  plc: Plc,
  query: URLSearchParams,
  [gapFrom, gapTo]: readonly [number, number],
): ColumnsQuestion {
  const names = (query.get('metric') ?? '').split(',')
  const now = Date.now()
  return {
    metrics: plc.metrics.filter(({ id }) => names.includes(id)),
    from: Date.parse(query.get('from')!),
    to: Math.min(Date.parse(query.get('to')!), now),
    maxPoints: Number(query.get('maxPoints')),
    gap: [now - gapFrom * SECOND, now - gapTo * SECOND],
  }
}

/** Samples where they are few, otherwise buckets, as the real one answers `layout=columns`. */
export function columns(question: ColumnsQuestion): object {
  const { metrics, from, to, maxPoints } = question
  const samples = metrics.reduce((sum, { every }) => sum + (to - from) / every, 0)
  if (samples <= maxPoints * metrics.length) {
    const drawn = metrics.map((metric) => rawColumns(metric, question))
    return { resolution: 'raw', layout: 'columns', columns: drawn }
  }
  const width = WIDTHS.find((each) => (to - from) / each <= maxPoints) ?? DAY
  const drawn = metrics.map((metric) => bucketColumns(metric, question, width))
  return {
    resolution: 'buckets',
    layout: 'columns',
    method: 'minMaxAvg',
    bucketSeconds: width / SECOND,
    timeZone: 'America/Argentina/Buenos_Aires',
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    samples: Math.round(samples),
    columns: drawn,
  }
}

function rawColumns(metric: Metric, { from, to, gap }: ColumnsQuestion): object {
  const times: number[] = []
  const values: unknown[] = []
  const qualities: (string | null)[] = []
  let isInGap = false
  for (let ts = Math.ceil(from / metric.every) * metric.every; ts < to; ts += metric.every) {
    if (ts > gap[0] && ts < gap[1]) {
      if (!isInGap) push(ts, null, null)
      isInGap = true
      continue
    }
    const isNumber = typeof metric.at(0) === 'number'
    const isBad = isNumber && Math.floor(ts / SECOND) % BAD_EVERY === 0
    push(ts, metric.at(ts / SECOND), isBad ? 'BAD' : (metric.quality ?? 'GOOD'))
  }
  return { metricId: metric.id, unit: metric.unit, times, values, qualities }

  function push(ts: number, value: unknown, quality: string | null): void {
    times.push(ts)
    values.push(value)
    qualities.push(quality)
  }
}

function bucketColumns(metric: Metric, { from, to, gap }: ColumnsQuestion, width: number): object {
  const rows: { start: number; heights: number[] | null }[] = []
  for (let start = from - (from % width); start < to; start += width) {
    const isInGap = start + width > gap[0] && start < gap[1]
    const isNight = width < DAY && new Date(start).getUTCHours() === 6
    if (isInGap || isNight) {
      if (rows.at(-1)?.heights) rows.push({ start, heights: null })
      continue
    }
    const looks = Array.from({ length: LOOKS_PER_BUCKET }, (_, look) =>
      heightOf(metric, start + (look * width) / LOOKS_PER_BUCKET, width),
    )
    rows.push({ start, heights: looks })
  }
  const count = Math.max(1, Math.round(width / metric.every))
  const figure = (of: (heights: number[]) => number): (number | null)[] =>
    rows.map(({ heights }) => heights && of(heights))
  return {
    metricId: metric.id,
    unit: metric.unit,
    source: width >= HOUR ? 'hourly' : 'samples',
    times: rows.map(({ start }) => start),
    min: figure((heights) => Math.min(...heights)),
    max: figure((heights) => Math.max(...heights)),
    avg: figure((heights) => heights.reduce((sum, each) => sum + each, 0) / heights.length),
    count: figure(() => count),
    nonGood: rows.map(({ heights, start }) => heights && (start % (width * 40) === 0 ? 1 : 0)),
  }
}

/** Over days a signal that swings every few minutes is a bar: a slower one is shown then. */
function heightOf(metric: Metric, ts: number, width: number): number {
  const height = Number(metric.at(ts / SECOND))
  const { swing } = metric
  if (width < MINUTE || swing === undefined) return height
  const mean = Number(metric.at(0))
  const seed = metric.id.length
  const drift = Math.sin(ts / 2.1e7 + seed) + 0.4 * Math.sin(ts / 4.7e6 + seed)
  return mean + swing * drift + 0.15 * (height - mean)
}
