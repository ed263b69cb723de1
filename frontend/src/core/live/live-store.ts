import { shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { mergeReading, type Statement } from '@/core/live/merge'
import type { Reading } from '@/core/reading/reading'

/**
 * A burst of more is spread over some frames: a thousand tiles drawn at once would make one frame
 * last as long as many. What comes meanwhile takes the place of what waits.
 */
const WRITES_PER_FRAME = 40
const FRAMES_PER_BURST = 12

/** Values kept for a sparkline. */
export const TRAIL_LENGTH = 60

export interface PlcIdentity {
  tenant: string
  site: string
  plcId: string
}

/** One metric of one PLC: the grain at which the page renders. */
export interface MetricCell {
  metricId: string
  reading: Readonly<ShallowRef<Reading>>
  /** The newest numeric values; not reactive, a sparkline looks at it once a second. */
  trail: readonly (number | null)[]
}

export interface LivePlc {
  identity: PlcIdentity
  /** Sorted by metric; replaced only when a metric appears, so that lists never jump. */
  cells: Readonly<ShallowRef<readonly MetricCell[]>>
  lastTs: Readonly<ShallowRef<number | null>>
}

export interface LiveStore {
  /** The PLC's live state; made empty on first asking, so that a tile can wait for its data. */
  plc: (identity: PlcIdentity) => LivePlc
  /** Every PLC that data has come from. */
  roster: Readonly<ShallowRef<readonly PlcIdentity[]>>
  apply: (identity: PlcIdentity, statements: ReadonlyMap<string, Statement>) => void
  /** Forgets everything: the next reader may be another, who must not see what this one may. */
  clear: () => void
}

/** Identifiers hold no slash, so the key is unambiguous. */
export function plcKey({ tenant, site, plcId }: PlcIdentity): string {
  return `${tenant}/${site}/${plcId}`
}

interface WritableCell extends MetricCell {
  reading: ShallowRef<Reading>
  trail: (number | null)[]
}

interface Entry extends LivePlc {
  cells: ShallowRef<readonly WritableCell[]>
  lastTs: ShallowRef<number | null>
  byMetric: Map<string, WritableCell>
  pending: Map<string, Reading>
}

/**
 * Last values, written to the page once per animation frame: any number of messages between two
 * frames costs one render of the cells they touched, and a burst is spread over a few. A hidden page
 * draws no frames, and then each metric holds just its newest value.
 */
export function createLiveStore(
  schedule: (flush: () => void) => void = (flush) => void requestAnimationFrame(flush),
): LiveStore {
  const entries = new Map<string, Entry>()
  const dirty = new Set<Entry>()
  const roster = shallowRef<readonly PlcIdentity[]>([])
  let scheduled = false

  function entryOf(identity: PlcIdentity): Entry {
    const key = plcKey(identity)
    let entry = entries.get(key)
    if (!entry) {
      const { tenant, site, plcId } = identity
      entry = {
        identity: { tenant, site, plcId },
        cells: shallowRef([]),
        lastTs: shallowRef(null),
        byMetric: new Map(),
        pending: new Map(),
      }
      entries.set(key, entry)
    }
    return entry
  }

  function flush(): void {
    scheduled = false
    const appeared: PlcIdentity[] = []
    let waiting = 0
    for (const { pending } of dirty) waiting += pending.size
    let room = Math.max(WRITES_PER_FRAME, Math.ceil(waiting / FRAMES_PER_BURST))
    for (const entry of dirty) {
      if (entry.lastTs.value === null) appeared.push(entry.identity)
      room -= flushEntry(entry, room)
      if (entry.pending.size === 0) dirty.delete(entry)
    }
    if (dirty.size > 0) flushSoon()
    if (appeared.length > 0) roster.value = [...roster.value, ...appeared]
  }

  function flushSoon(): void {
    if (scheduled) return
    scheduled = true
    schedule(flush)
  }

  return {
    plc: entryOf,
    roster: shallowReadonly(roster),
    apply: (identity, statements) => {
      const entry = entryOf(identity)
      for (const [metricId, statement] of statements) {
        const current = entry.pending.get(metricId) ?? entry.byMetric.get(metricId)?.reading.value
        const merged = mergeReading(metricId, current, statement)
        if (merged && merged !== current) entry.pending.set(metricId, merged)
      }
      if (entry.pending.size === 0) return
      dirty.add(entry)
      flushSoon()
    },
    clear: () => {
      entries.clear()
      dirty.clear()
      roster.value = []
    },
  }
}

/** Writes new metrics, all of them so that lists grow once, and as many others as there is room for. */
function flushEntry(entry: Entry, room: number): number {
  const appeared: WritableCell[] = []
  let written = 0
  let lastTs = entry.lastTs.value ?? Number.NEGATIVE_INFINITY
  for (const [metricId, reading] of entry.pending) {
    let cell = entry.byMetric.get(metricId)
    if (cell && written >= room) continue
    entry.pending.delete(metricId)
    written++
    const isNewer = reading.ts > (cell?.reading.value.ts ?? Number.NEGATIVE_INFINITY)
    if (cell) cell.reading.value = reading
    else {
      cell = { metricId, reading: shallowRef(reading), trail: [] }
      entry.byMetric.set(metricId, cell)
      appeared.push(cell)
    }
    // A snapshot repeats what is known; only a new sample is a new point.
    if (isNewer) extendTrail(cell.trail, reading)
    lastTs = Math.max(lastTs, reading.ts)
  }
  entry.lastTs.value = lastTs
  if (appeared.length === 0) return written
  entry.cells.value = [...entry.cells.value, ...appeared].sort((a, b) =>
    a.metricId.localeCompare(b.metricId),
  )
  return written
}

function extendTrail(trail: (number | null)[], { value, quality }: Reading): void {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  trail.push(isNumber && quality !== 'BAD' ? Number(value) : null)
  if (trail.length > TRAIL_LENGTH) trail.shift()
}
