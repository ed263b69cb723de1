/** Draws charts one in a frame, so that six that are due at once do not make one frame six times as long. */
export interface DrawQueue {
  /** Asks for a drawing; one that waits already is not asked for twice. */
  request: (draw: () => void) => void
  cancel: (draw: () => void) => void
}

export function createDrawQueue(
  schedule: (run: () => void) => void = (run) => void requestAnimationFrame(run),
): DrawQueue {
  const waiting = new Set<() => void>()
  let scheduled = false

  function runOne(): void {
    scheduled = false
    const [draw] = waiting
    if (!draw) return
    waiting.delete(draw)
    if (waiting.size > 0) runSoon()
    draw()
  }

  function runSoon(): void {
    if (scheduled) return
    scheduled = true
    schedule(runOne)
  }

  return {
    request: (draw) => {
      waiting.add(draw)
      runSoon()
    },
    cancel: (draw) => {
      waiting.delete(draw)
    },
  }
}

/** The queue of all charts of the page. */
export const drawQueue = createDrawQueue()
