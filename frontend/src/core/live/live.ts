import {
  computed,
  inject,
  onScopeDispose,
  readonly,
  shallowReactive,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type InjectionKey,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue'
import { CLOSED_SESSION_ENDED, type LiveFilter, type SubscribeMessage } from '@/contract/websocket'
import type { ApiClient } from '@/core/http/api-client'
import { createDispatcher, type Dispatcher } from '@/core/live/dispatch'
import { createInterests } from '@/core/live/interests'
import { createLink, LINK_PHASE, type LinkSocket, type LinkStatus } from '@/core/live/link'
import { createLiveStore, plcKey, type LiveStore, type PlcIdentity } from '@/core/live/live-store'
import { statementsOf } from '@/core/live/merge'
import type { Poller } from '@/core/live/poller'

/** The one live connection of the page and what came over it. */
export interface Live {
  status: Readonly<ShallowRef<LinkStatus>>
  /** Whether anything on screen is being renewed; when not, all of it is stale. */
  fresh: ComputedRef<boolean>
  /** The same of one PLC: without the feed each is asked for by itself, and may not be answered. */
  isRenewed: (identity: PlcIdentity) => boolean
  /** Updates that the server merged away because this client was slow. */
  missed: Readonly<ShallowRef<number>>
  store: LiveStore
  on: Dispatcher['on']
  /** Listens to a filter until released. */
  subscribe: (filter: LiveFilter) => () => void
  /** Notes that a PLC is in view, which is what polling asks for. */
  watchPlc: (identity: PlcIdentity) => () => void
  retryNow: () => void
  start: () => void
  /** Closes the connection and forgets what came over it. */
  stop: () => void
}

export interface LiveOptions {
  api: ApiClient
  /**
   * The server closed or refused the connection in a way that may mean that nobody is logged in any
   * more. A browser does not say why a connection was refused.
   */
  onSessionDoubt: () => void
}

export function createLive(options: LiveOptions): Live {
  const status = shallowRef<LinkStatus>({
    phase: LINK_PHASE.connecting,
    since: Date.now(),
    retryAt: null,
  })
  const missed = shallowRef(0)
  const store = createLiveStore()
  const dispatcher = createDispatcher()
  const inView = new Set<PlcIdentity>()
  const renewed = shallowReactive(new Set<string>())
  let poller: Poller | undefined
  let announced = ''
  let announcing = false

  const interests = createInterests(announceSoon)
  const link = createLink({
    openSocket: () => {
      const query = interests.query()
      // An address holds one filter; a larger set is announced once the connection is open.
      const filters = interests.filters()
      announced = filters.length === 1 ? JSON.stringify(filters) : ''
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      return new WebSocket(`${scheme}://${location.host}/ws${query}`) as LinkSocket
    },
    onOpen: announce,
    onMessage: dispatcher.dispatch,
    onLost: ({ code, wasOpen }) => {
      if (code === CLOSED_SESSION_ENDED || !wasOpen) options.onSessionDoubt()
    },
    onStatus: (next) => {
      status.value = next
      followPhase()
    },
  })

  function followPhase(): void {
    poller?.setActive(status.value.phase === LINK_PHASE.polling)
  }

  /** Most never need it: it comes after the first page, and while there is a network to fetch it by. */
  async function fetchPoller(): Promise<void> {
    const { createPoller } = await import('@/core/live/poller')
    poller ??= createPoller({ api: options.api, store, inView: () => [...inView], renewed })
    followPhase()
  }

  /** A change of page releases one interest and adds another: only their sum is worth a message. */
  function announceSoon(): void {
    if (announcing) return
    announcing = true
    setTimeout(() => {
      announcing = false
      announce()
    }, 0)
  }

  function announce(): void {
    const filters = interests.filters()
    const wanted = JSON.stringify(filters)
    // A page that wants nothing leaves the set as it was: the next one will say what it wants.
    if (filters.length === 0 || wanted === announced) return
    const message: SubscribeMessage = { type: 'subscribe', filters }
    if (link.send(JSON.stringify(message))) announced = wanted
  }

  document.addEventListener('visibilitychange', () => {
    link.setVisible(!document.hidden)
  })
  window.addEventListener('online', link.retryNow)

  dispatcher.on('telemetry', (message) => {
    store.apply(message, statementsOf(message))
  })
  dispatcher.on('error', ({ code, detail }) => {
    console.warn(`the server refused a live message: ${code} ${detail ?? ''}`)
  })
  dispatcher.on('lagged', (message) => {
    missed.value += message.missed ?? 0
  })

  return {
    status: readonly(status),
    fresh: computed(() => status.value.phase === LINK_PHASE.live || renewed.size > 0),
    isRenewed: (identity) =>
      status.value.phase === LINK_PHASE.live || renewed.has(plcKey(identity)),
    missed: readonly(missed),
    store,
    on: dispatcher.on,
    subscribe: interests.add,
    watchPlc: (identity) => {
      inView.add(identity)
      return () => inView.delete(identity)
    },
    retryNow: link.retryNow,
    start: () => {
      link.start()
      void fetchPoller()
    },
    stop: () => {
      link.stop()
      store.clear()
      missed.value = 0
    },
  }
}

export const LIVE: InjectionKey<Live> = Symbol('live')

export function useLive(): Live {
  const live = inject(LIVE)
  if (!live) throw new Error('no live connection was provided')
  return live
}

/** Listens to a filter for as long as the component lives, following its changes. */
export function useLiveSubscription(filter: MaybeRefOrGetter<LiveFilter>): void {
  const live = useLive()
  let release = (): void => undefined
  watch(
    () => toValue(filter),
    (next) => {
      const releaseOld = release
      release = live.subscribe(next)
      releaseOld()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    release()
  })
}
