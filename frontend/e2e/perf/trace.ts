import type { CDPSession } from '@playwright/test'

interface TraceEvent {
  name: string
  ph: string
  ts: number
  dur?: number
  /** Of the thread's own clock: what it worked, without what it waited for a processor. */
  tdur?: number
  pid: number
  tid: number
  args: { name?: string; data?: { isMainFrame?: boolean } }
}

export interface FrameWork {
  /** Milliseconds of work of the page's main thread in each frame, from short to long. */
  frames: number[]
  /** How much of the time the main thread worked. */
  share: number
}

const CATEGORIES = ['toplevel', 'devtools.timeline', '__metadata']

/** Records what the browser's threads do for a while. */
async function record(cdp: CDPSession, ms: number): Promise<TraceEvent[]> {
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: unknown[] }): void => {
    events.push(...(value as TraceEvent[]))
  }
  cdp.on('Tracing.dataCollected', collect)
  await cdp.send('Tracing.start', {
    traceConfig: { includedCategories: CATEGORIES },
    transferMode: 'ReportEvents',
  })
  await new Promise((resolve) => setTimeout(resolve, ms))
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.end')
  await complete
  cdp.off('Tracing.dataCollected', collect)
  return events
}

/**
 * All work of the main thread, put to the frame that came out of it: what ran since the frame before,
 * by the thread's own clock. A moment in which nothing was drawn is no frame.
 */
export async function measureFrames(cdp: CDPSession, ms: number): Promise<FrameWork> {
  const events = await record(cdp, ms)
  const drawings = events.filter(({ name }) => name === 'FireAnimationFrame' || name === 'Layerize')
  const main = mostOf(drawings)
  const isMain = ({ pid, tid }: TraceEvent): boolean => `${String(pid)}/${String(tid)}` === main
  const tasks = outermost(
    events.filter((event) => isMain(event) && event.ph === 'X' && /RunTask$/.test(event.name)),
  )
  const drawnAt = drawings.filter(isMain).map(({ ts }) => ts)
  drawnAt.sort((a, b) => a - b)
  const frames: number[] = []
  let work = 0
  let total = 0
  let next = 0
  for (const { ts, dur = 0, tdur = dur } of tasks) {
    work += tdur / 1_000
    total += tdur / 1_000
    let isFrame = false
    while ((drawnAt[next] ?? Infinity) <= ts + dur) {
      isFrame ||= (drawnAt[next] ?? 0) >= ts
      next++
    }
    if (!isFrame) continue
    frames.push(work)
    work = 0
  }
  return { frames: frames.sort((a, b) => a - b), share: total / ms }
}

function mostOf(events: readonly TraceEvent[]): string {
  const counts = new Map<string, number>()
  for (const { pid, tid } of events) {
    const thread = `${String(pid)}/${String(tid)}`
    counts.set(thread, (counts.get(thread) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
}

/** Tasks that run within others are part of them. */
function outermost(tasks: TraceEvent[]): TraceEvent[] {
  tasks.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  let until = -Infinity
  return tasks.filter(({ ts, dur }) => {
    if (ts < until) return false
    until = ts + (dur ?? 0)
    return true
  })
}

export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

/** The heap that is really in use, in MB. */
export async function heapAfterGc(cdp: CDPSession): Promise<number> {
  for (let round = 0; round < 3; round++) await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}
