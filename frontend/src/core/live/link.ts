import { reconnectDelay } from '@/core/live/backoff'

export const LINK_PHASE = {
  /** The first attempt since the page opened or became visible again. */
  connecting: 'connecting',
  live: 'live',
  /** Connected, but nothing was heard for longer than a tick should take. */
  silent: 'silent',
  closed: 'closed',
  /** Nothing was heard for a while: state is asked for by REST, and the socket still tried. */
  polling: 'polling',
  /** The page is hidden and costs nothing. */
  paused: 'paused',
} as const
export type LinkPhase = (typeof LINK_PHASE)[keyof typeof LINK_PHASE]

/** The server sends a `tick` after 1 s without another message: three missed ones are silence. */
export const SILENT_AFTER_MS = 3_000
/** A connection silent for this long is taken for dead, whatever the browser thinks of it. */
const DEAD_AFTER_MS = 10_000
const OPEN_WITHIN_MS = 8_000
/** However it fails: a proxy may accept one socket after another and pass nothing through them. */
export const POLL_AFTER_MS = 5_000
/** A glance at another tab is not worth a reconnect. */
const HIDDEN_GRACE_MS = 5_000
const WATCH_EVERY_MS = 250

export interface LinkStatus {
  phase: LinkPhase
  /** When the phase began, by this browser's clock. */
  since: number
  /** When the next attempt is due, or `null` when none is waited for. */
  retryAt: number | null
}

/** The part of the browser's WebSocket that is used. */
export interface LinkSocket {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send: (text: string) => void
  close: () => void
}

/** A connection that the other side closed, or that never came about. */
export interface LinkLoss {
  code: number
  /** Whether it had been open: a refused one says no more than that it was refused. */
  wasOpen: boolean
}

export interface LinkOptions {
  openSocket: () => LinkSocket
  onOpen: () => void
  onMessage: (text: string) => void
  onStatus: (status: LinkStatus) => void
  onLost: (loss: LinkLoss) => void
  random?: () => number
}

/** One connection, kept alive. It knows nothing of what is said over it. */
export interface Link {
  /** Connects and stays connected until stopped. */
  start: () => void
  stop: () => void
  retryNow: () => void
  setVisible: (visible: boolean) => void
  /** Whether the text was handed to an open socket. */
  send: (text: string) => boolean
}

export function createLink(options: LinkOptions): Link {
  const random = options.random ?? Math.random
  let phase: LinkPhase = LINK_PHASE.connecting
  let isRunning = false
  let retryAt: number | null = null
  let failures = 0
  /** By a clock that nobody sets. */
  let heardAt = 0
  /** Nothing was heard for so long that polling is due; a glance at another tab changes nothing in that. */
  let isLongQuiet = false
  let socket: LinkSocket | null = null
  let isOpen = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let openTimer: ReturnType<typeof setTimeout> | undefined
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined
  let quietTimer: ReturnType<typeof setTimeout> | undefined
  let watchTimer: ReturnType<typeof setInterval> | undefined

  function enter(next: LinkPhase, nextRetryAt: number | null = null): void {
    if (next === phase && nextRetryAt === retryAt) return
    phase = next
    retryAt = nextRetryAt
    options.onStatus({ phase, since: Date.now(), retryAt })
  }

  function connect(): void {
    clearTimeout(retryTimer)
    dropSocket()
    waitForWord(POLL_AFTER_MS)
    // While it is being retried the state stays "closed" (or "polling"): no flicker.
    if (isLongQuiet) enter(LINK_PHASE.polling)
    else enter(failures === 0 ? LINK_PHASE.connecting : phase)
    let opening: LinkSocket
    try {
      opening = options.openSocket()
    } catch {
      fail()
      return
    }
    socket = opening
    openTimer = setTimeout(fail, OPEN_WITHIN_MS)
    opening.onopen = () => {
      clearTimeout(openTimer)
      isOpen = true
      heardAt = performance.now()
      watchTimer = setInterval(watch, WATCH_EVERY_MS)
      options.onOpen()
    }
    opening.onmessage = ({ data }) => {
      heardAt = performance.now()
      // Only a message proves the link: a proxy may accept the socket and nothing behind it.
      failures = 0
      isLongQuiet = false
      stopWaiting()
      enter(LINK_PHASE.live)
      if (typeof data === 'string') options.onMessage(data)
    }
    opening.onclose = ({ code }) => {
      const wasOpen = isOpen
      fail()
      options.onLost({ code, wasOpen })
    }
  }

  function watch(): void {
    const quietFor = performance.now() - heardAt
    if (quietFor >= DEAD_AFTER_MS) fail()
    else if (quietFor >= SILENT_AFTER_MS && phase === LINK_PHASE.live) {
      enter(LINK_PHASE.silent)
      waitForWord(POLL_AFTER_MS - SILENT_AFTER_MS)
    }
  }

  /** Goes on by polling where no message comes in time. */
  function waitForWord(withinMs: number): void {
    quietTimer ??= setTimeout(() => {
      isLongQuiet = true
      enter(LINK_PHASE.polling, retryAt)
    }, withinMs)
  }

  function stopWaiting(): void {
    clearTimeout(quietTimer)
    quietTimer = undefined
  }

  function fail(): void {
    dropSocket()
    failures++
    const delay = reconnectDelay(failures, random)
    retryTimer = setTimeout(connect, delay)
    waitForWord(POLL_AFTER_MS)
    enter(isLongQuiet ? LINK_PHASE.polling : LINK_PHASE.closed, Date.now() + delay)
  }

  function dropSocket(): void {
    clearTimeout(openTimer)
    clearInterval(watchTimer)
    isOpen = false
    const dropped = socket
    socket = null
    if (!dropped) return
    dropped.onopen = dropped.onmessage = dropped.onclose = null
    dropped.close()
  }

  function pause(): void {
    clearTimeout(retryTimer)
    stopWaiting()
    dropSocket()
    failures = 0
    enter(LINK_PHASE.paused)
  }

  return {
    start: () => {
      if (isRunning) return
      isRunning = true
      connect()
    },
    stop: () => {
      isRunning = false
      clearTimeout(hiddenTimer)
      isLongQuiet = false
      pause()
    },
    retryNow: () => {
      if (phase === LINK_PHASE.closed || phase === LINK_PHASE.polling) connect()
    },
    setVisible: (visible) => {
      clearTimeout(hiddenTimer)
      if (!isRunning) return
      if (!visible) hiddenTimer = setTimeout(pause, HIDDEN_GRACE_MS)
      else if (phase === LINK_PHASE.paused) connect()
    },
    send: (text) => {
      if (isOpen) socket?.send(text)
      return isOpen
    },
  }
}
