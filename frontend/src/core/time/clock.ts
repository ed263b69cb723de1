import { inject, readonly, shallowRef, type InjectionKey, type ShallowRef } from 'vue'

const TICK_MS = 1_000
/**
 * `Date` headers have a resolution of one second; a smaller difference says nothing. Neither does one
 * that may have come about on the way: the server wrote the header at any moment of the call.
 */
const MIN_SKEW_MS = 2_000

/**
 * The time by which ages are judged. A tablet's clock may be minutes off, and then every value would
 * look old (or young): the clock follows the server's, as its HTTP answers show it.
 */
export interface Clock {
  /** Now, in Unix milliseconds, by the server's clock. */
  now: () => number
  /** The same, as a reactive value that moves once a second while the page is visible. */
  tick: Readonly<ShallowRef<number>>
  /** Notes the `Date` header of an answer. */
  observeServerDate: (header: string | null, sentAt: number, receivedAt: number) => void
}

export function createClock(page: Document = document): Clock {
  let skewMs = 0
  const now = (): number => Date.now() + skewMs
  const tick = shallowRef(now())
  let timer: ReturnType<typeof setInterval> | undefined

  const advance = (): void => {
    tick.value = now()
  }
  const followVisibility = (): void => {
    clearInterval(timer)
    if (page.hidden) return
    advance()
    timer = setInterval(advance, TICK_MS)
  }
  page.addEventListener('visibilitychange', followVisibility)
  followVisibility()

  return {
    now,
    tick: readonly(tick),
    observeServerDate(header, sentAt, receivedAt) {
      const serverTime = header === null ? Number.NaN : Date.parse(header)
      if (Number.isNaN(serverTime)) return
      // Half a second in: the header's fraction was cut off.
      const measured = serverTime + 500 - (sentAt + receivedAt) / 2
      const roundTrip = receivedAt - sentAt
      // This clock was set meanwhile: the next answer tells.
      if (roundTrip < 0) return
      if (Math.abs(measured - skewMs) < MIN_SKEW_MS + roundTrip / 2) return
      skewMs = Math.abs(measured) < MIN_SKEW_MS ? 0 : measured
    },
  }
}

export const CLOCK: InjectionKey<Clock> = Symbol('clock')

export function useClock(): Clock {
  const clock = inject(CLOCK)
  if (!clock) throw new Error('no clock was provided')
  return clock
}
