import type { ApiClient } from '@/core/http/api-client'
import { plcKey, type LiveStore, type PlcIdentity } from '@/core/live/live-store'
import { fetchPlcState } from '@/core/live/plc-state'

const EVERY_MS = 5_000
/** Of a server that hangs, this is what a round may take longer. */
const ANSWER_WITHIN_MS = 3_000
/** A proxy limits requests per address, and a factory shares one: only what is in view is asked for. */
const MAX_PER_ROUND = 40
const AT_ONCE = 6
const SWEEP_MS = 1_000

export interface Poller {
  setActive: (active: boolean) => void
}

/** Asks by REST for the state of what is in view, for networks that let no WebSocket through. */
export function createPoller(options: {
  api: ApiClient
  store: LiveStore
  inView: () => readonly PlcIdentity[]
  /** Holds the PLCs that are being renewed: their last question was answered, and the next is not overdue. */
  renewed: Set<string>
}): Poller {
  const { api, store, inView, renewed } = options
  /** When each was asked last, and until when its answer counts; by a clock that nobody sets. */
  const askedAt = new Map<string, number>()
  const countsUntil = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let sweeper: ReturnType<typeof setInterval> | undefined
  let running: AbortController | null = null

  async function ask(key: string, identity: PlcIdentity, lastsMs: number): Promise<void> {
    const began = running
    if (!began) return
    const call = new AbortController()
    const timeout = setTimeout(() => {
      call.abort()
    }, ANSWER_WITHIN_MS)
    askedAt.set(key, performance.now())
    let isAnswered = false
    try {
      const signal = AbortSignal.any([began.signal, call.signal])
      await fetchPlcState(api, store, identity, signal)
      isAnswered = true
    } catch {
      // What was not answered is not being renewed.
    }
    clearTimeout(timeout)
    if (running !== began) return
    countsUntil.set(key, performance.now() + lastsMs)
    if (isAnswered) renewed.add(key)
    else renewed.delete(key)
  }

  function sweep(): void {
    const now = performance.now()
    for (const [key, until] of countsUntil) {
      if (until >= now) continue
      renewed.delete(key)
      countsUntil.delete(key)
    }
  }

  async function round(): Promise<void> {
    const began = running
    const beganAt = performance.now()
    const wanted = new Map(inView().map((identity) => [plcKey(identity), identity]))
    for (const key of askedAt.keys()) if (!wanted.has(key)) askedAt.delete(key)
    // Those that waited longest come first, and so all of them get their turn.
    const turns = [...wanted].sort(([a], [b]) => (askedAt.get(a) ?? -1) - (askedAt.get(b) ?? -1))
    const rounds = Math.max(1, Math.ceil(turns.length / MAX_PER_ROUND))
    const queue = turns.slice(0, MAX_PER_ROUND)
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        if (performance.now() - beganAt >= EVERY_MS) return
        await ask(...next, rounds * EVERY_MS + ANSWER_WITHIN_MS)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    if (running !== began) return
    const took = performance.now() - beganAt
    timer = setTimeout(() => void round(), Math.max(SWEEP_MS, EVERY_MS - took))
  }

  return {
    setActive: (active) => {
      if (active === (running !== null)) return
      clearTimeout(timer)
      clearInterval(sweeper)
      running?.abort()
      running = null
      renewed.clear()
      if (!active) return
      running = new AbortController()
      sweeper = setInterval(sweep, SWEEP_MS)
      void round()
    },
  }
}
