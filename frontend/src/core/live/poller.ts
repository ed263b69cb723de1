import type { ApiClient } from '@/core/http/api-client'
import { plcKey, type LiveStore, type PlcIdentity } from '@/core/live/live-store'
import { fetchPlcState } from '@/core/live/plc-state'

const EVERY_MS = 5_000
/** A proxy limits requests per address, and a factory shares one: only what is in view is asked for. */
const MAX_PER_ROUND = 40
const AT_ONCE = 6

export interface Poller {
  setActive: (active: boolean) => void
}

/** Asks by REST for the state of what is in view, for networks that let no WebSocket through. */
export function createPoller(options: {
  api: ApiClient
  store: LiveStore
  inView: () => readonly PlcIdentity[]
  /** Told after each round whether any answer came. */
  onRound: (answered: boolean) => void
}): Poller {
  const { api, store, inView, onRound } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null

  async function ask(identity: PlcIdentity, signal: AbortSignal): Promise<boolean> {
    try {
      await fetchPlcState(api, store, identity, signal)
      return true
    } catch {
      return false
    }
  }

  async function round(controller: AbortController): Promise<void> {
    const wanted = new Map(inView().map((identity) => [plcKey(identity), identity]))
    const queue = [...wanted.values()].slice(0, MAX_PER_ROUND)
    let answered = false
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        answered = (await ask(next, controller.signal)) || answered
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    if (controller.signal.aborted) return
    onRound(answered)
    timer = setTimeout(() => void round(controller), EVERY_MS)
  }

  return {
    setActive: (active) => {
      if (active === (running !== null)) return
      clearTimeout(timer)
      running?.abort()
      running = active ? new AbortController() : null
      if (running) void round(running)
    },
  }
}
