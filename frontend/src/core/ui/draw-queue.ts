/**
 * What one drawing costs beside the others: about so many tiles that get another value. Nobody sees
 * that one comes a frame later; that a frame lasts as long as three, everybody.
 */
export const DRAWING = { tile: 1, spark: 2, chart: 24 } as const

const BUDGET = 24
/** However many wait, none does for much longer than this. */
const MOST_FRAMES = 10

/** Draws as much in a frame as there is room for, in the order in which it was asked for. */
export interface DrawQueue {
  /** Asks for a drawing; one that waits already is not asked for twice. */
  request: (draw: () => void, cost: number) => void
  cancel: (draw: () => void) => void
}

export function createDrawQueue(
  budget = BUDGET,
  mostFrames = MOST_FRAMES,
  schedule: (run: () => void) => void = (run) => void requestAnimationFrame(run),
): DrawQueue {
  const waiting = new Map<() => void, number>()
  let scheduled = false
  function runSome(): void {
    scheduled = false
    let total = 0
    for (const cost of waiting.values()) total += cost
    const room = Math.max(budget, total / mostFrames)
    const some: (() => void)[] = []
    let used = 0
    for (const [draw, cost] of waiting) {
      if (used > 0 && used + cost > room) break
      used += cost
      some.push(draw)
      waiting.delete(draw)
    }
    if (waiting.size > 0) runSoon()
    for (const draw of some) draw()
  }

  function runSoon(): void {
    if (scheduled) return
    scheduled = true
    schedule(runSome)
  }

  return {
    request: (draw, cost) => {
      if (!waiting.has(draw)) waiting.set(draw, cost)
      runSoon()
    },
    cancel: (draw) => {
      waiting.delete(draw)
    },
  }
}

/** The queue of the page. */
export const drawQueue = createDrawQueue()
