/** Draws a few in a frame, so that all that are due at once do not make one frame many times as long. */
export interface DrawQueue {
  /** Asks for a drawing; one that waits already is not asked for twice. */
  request: (draw: () => void) => void
  cancel: (draw: () => void) => void
}

export function createDrawQueue(
  perFrame = 1,
  schedule: (run: () => void) => void = (run) => void requestAnimationFrame(run),
): DrawQueue {
  const waiting = new Set<() => void>()
  let scheduled = false

  function runSome(): void {
    scheduled = false
    const some = [...waiting].slice(0, perFrame)
    for (const draw of some) waiting.delete(draw)
    if (waiting.size > 0) runSoon()
    for (const draw of some) draw()
  }

  function runSoon(): void {
    if (scheduled) return
    scheduled = true
    schedule(runSome)
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

/** The queue of all charts of the page: one in a frame. */
export const drawQueue = createDrawQueue()

const SPARKS_PER_FRAME = 8
/** The queue of all sparklines of the page. */
export const sparkQueue = createDrawQueue(SPARKS_PER_FRAME)
