import type { MetricValue, Quality } from '@/contract/common'
import { RESOLUTION } from '@/contract/rest'
import type { BucketColumns, RawColumns, TelemetryColumns } from '@/contract/telemetry-columns'

/** `null` breaks a line, `undefined` only means that another pen has a point there. */
export type PenColumn = (number | null | undefined)[]

/** A sample of one pen as the live feed brings it. */
export interface PenSample {
  ts: number
  value: MetricValue
  quality: Quality
}

export interface PenTable {
  /** Seconds, as uPlot has them; shared by all pens. */
  readonly times: readonly number[]
  readonly columns: readonly PenColumn[]
  /** Rows before this time in ms are no longer needed. */
  dropBefore: (ms: number) => void
  append: (pen: number, sample: PenSample) => void
}

/** A pause this many times the usual one is a gap: nothing was measured, and no line says otherwise. */
const GAP_FACTOR = 4
/** Sources that send several times a second are never quite even. */
const MIN_GAP_SECONDS = 1.5
/** "Usual" is judged by so many of the last intervals, and by no fewer than the second number. */
const INTERVALS = 16
const MIN_INTERVALS = 4
/** Rows are dropped in one go: to take one from the front of an array moves all others. */
const DROP_AT_LEAST = 256

/** Charts have the precision of a pixel; on and off stand at 1 and 0. A text has no height. */
export function toHeight(value: MetricValue): number | null {
  return value === null || typeof value === 'string' ? null : Number(value)
}

/** Points of one pen, oldest first; a height of null is a gap. */
interface PenPoints {
  times: number[]
  heights: (number | null)[]
}

/**
 * What history says of each pen, as one table. Buckets are drawn as their minimum and maximum, one
 * after the other: no peak is lost, and none is made up.
 */
export function createPenTable(
  metricIds: readonly string[],
  history: TelemetryColumns | undefined,
): PenTable {
  const bucketSeconds = history?.resolution === RESOLUTION.buckets ? history.bucketSeconds : 0
  const points = metricIds.map((metricId) => pointsOf(history, metricId, bucketSeconds))
  const { times, columns } = align(points)
  const pens = points.map((own) => ({
    last: own.times.at(-1) ?? -Infinity,
    intervals: intervalsOf(own.times),
  }))

  function insert(time: number, pen: number, height: number | null): void {
    const column = columns[pen]!
    // Nearly always the newest: looked for from the end.
    let index = times.length
    while (index > 0 && times[index - 1]! > time) index--
    if (times[index - 1] === time) {
      column[index - 1] = height
      return
    }
    if (index === times.length) {
      times.push(time)
      columns.forEach((each, at) => each.push(at === pen ? height : undefined))
      return
    }
    times.splice(index, 0, time)
    columns.forEach((each, at) => each.splice(index, 0, at === pen ? height : undefined))
  }

  return {
    times,
    columns,
    append: (pen, { ts, value, quality }) => {
      const state = pens[pen]
      const time = ts / 1_000
      // What history has is what was committed.
      if (!state || time <= state.last) return
      const interval = time - state.last
      const limit = Math.max(gapLimit(state.intervals), 2 * bucketSeconds)
      if (interval > limit && Number.isFinite(interval)) {
        insert(state.last + interval / 2, pen, null)
      } else if (Number.isFinite(interval)) {
        state.intervals.push(interval)
        if (state.intervals.length > INTERVALS) state.intervals.shift()
      }
      insert(time, pen, quality === 'BAD' ? null : toHeight(value))
      state.last = time
    },
    dropBefore: (ms) => {
      let count = 0
      // The last row before stays: the line comes in from the edge.
      while (count + 1 < times.length && times[count + 1]! < ms / 1_000) count++
      if (count < DROP_AT_LEAST) return
      times.splice(0, count)
      for (const column of columns) column.splice(0, count)
    },
  }
}

function intervalsOf(times: readonly number[]): number[] {
  const last = times.slice(-INTERVALS - 1)
  return last.slice(1).map((time, index) => time - last[index]!)
}

/** The pause beyond which a line breaks, in seconds; infinite while there is too little to judge by. */
function gapLimit(intervals: readonly number[]): number {
  if (intervals.length < MIN_INTERVALS) return Infinity
  const sorted = [...intervals].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]!
  return Math.max(MIN_GAP_SECONDS, median * GAP_FACTOR)
}

function pointsOf(
  history: TelemetryColumns | undefined,
  metricId: string,
  bucketSeconds: number,
): PenPoints {
  if (history?.resolution === RESOLUTION.raw) {
    const column = history.columns.find((each) => each.metricId === metricId)
    return column ? rawPoints(column) : { times: [], heights: [] }
  }
  const column = history?.columns.find((each) => each.metricId === metricId)
  return column ? bucketPoints(column, bucketSeconds) : { times: [], heights: [] }
}

function rawPoints({ times, values, qualities }: RawColumns): PenPoints {
  return {
    times: times.map((ms) => ms / 1_000),
    heights: values.map((value, index) => (qualities[index] === 'BAD' ? null : toHeight(value))),
  }
}

function bucketPoints(column: BucketColumns, bucketSeconds: number): PenPoints {
  const times: number[] = []
  const heights: (number | null)[] = []
  column.times.forEach((ms, index) => {
    const start = ms / 1_000
    const low = column.min[index] ?? null
    const high = column.max[index] ?? null
    if (low === null || high === null || low === high) {
      times.push(start + bucketSeconds / 2)
      heights.push(low ?? high)
      return
    }
    // The one nearer to where the line comes from first: a slope stays a slope.
    const before = heights.at(-1) ?? null
    const isRising = before === null || Math.abs(before - low) <= Math.abs(before - high)
    times.push(start + bucketSeconds / 4, start + (3 * bucketSeconds) / 4)
    heights.push(isRising ? low : high, isRising ? high : low)
  })
  return { times, heights }
}

/** The points of all pens over the times of any. */
function align(pens: readonly PenPoints[]): { times: number[]; columns: PenColumn[] } {
  const times: number[] = []
  const columns: PenColumn[] = pens.map(() => [])
  const at = pens.map(() => 0)
  for (;;) {
    let time = Infinity
    pens.forEach((pen, index) => {
      time = Math.min(time, pen.times[at[index]!] ?? Infinity)
    })
    if (time === Infinity) return { times, columns }
    times.push(time)
    pens.forEach((pen, index) => {
      const place = at[index]!
      const isHere = pen.times[place] === time
      columns[index]!.push(isHere ? pen.heights[place] : undefined)
      if (isHere) at[index] = place + 1
    })
  }
}
