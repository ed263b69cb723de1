import type { QueryClient } from '@tanstack/vue-query'
import { nextTick, watch } from 'vue'
import type { RouteLocationNormalized, RouteLocationRaw, Router } from 'vue-router'
import type { User } from '@/contract/account'
import type { Live } from '@/core/live/live'
import { nextPath, nextQuery } from '@/core/session/next-path'
import { ENDING, type Session } from '@/core/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown to who is not logged in as well, and with nothing around it of what is not for them. */
    isPublic?: boolean
  }
}

export const LOGIN_ROUTE = 'login'

interface Followers {
  session: Session
  router: Router
  live: Pick<Live, 'start' | 'stop'>
  queries: Pick<QueryClient, 'clear'>
  /** Fulfilled once the first page can be shown, which may be after its address is known. */
  shown?: Promise<unknown>
  page?: Document
  /** Begins anew with nothing of what was there. */
  reload?: () => void
}

/**
 * Address, live link and stored answers follow who is logged in: no page before the login, no link
 * without one, and nothing left over of the one before.
 */
export function followSession(followers: Followers): void {
  const { session, router, live, queries } = followers
  const page = followers.page ?? document
  const reload = followers.reload ?? ((): void => location.reload())

  router.beforeEach(async (to) => {
    await session.whenKnown
    return redirection(session, to)
  })

  // The page says what it wants to hear before the connection is opened, so that a deep link to one
  // PLC is not sent the state of all of them.
  const shown = followers.shown ?? Promise.resolve()
  router.afterEach((_to, _from, failure) => {
    if (failure) return
    void shown.then(
      () => nextTick(listen),
      // Without its words there is no page, and so nothing to hear for.
      () => undefined,
    )
  })

  function listen(): void {
    if (session.user.value && !isAtEntrance()) live.start()
  }

  function isAtEntrance(): boolean {
    return router.currentRoute.value.meta.isPublic === true
  }

  watch(
    session.user,
    (user, before) => {
      if (before && user && rightsOf(user) !== rightsOf(before)) {
        reload()
      } else if (before && !user) {
        live.stop()
        queries.clear()
        if (!isAtEntrance()) void router.replace(entrance())
      } else if (user && router.currentRoute.value.name === LOGIN_ROUTE) {
        void router.replace(nextPath(router.currentRoute.value.query['next']))
      }
    },
    // Before anything else can be asked for or shown.
    { flush: 'sync' },
  )

  function entrance(): RouteLocationRaw {
    // Who went away on purpose may want to see something else when coming back.
    const isExpired = session.ending.value === ENDING.expired
    const query = isExpired ? nextQuery(router.currentRoute.value.fullPath) : {}
    return { name: LOGIN_ROUTE, query }
  }

  // Another tab may have logged out, or in as somebody else; rights may have been given or taken.
  page.addEventListener('visibilitychange', () => {
    if (!page.hidden && session.isKnown.value) void session.ask()
  })
}

/** Who it is and what they may see, as a text to compare. */
function rightsOf({ email, admin, tenants }: User): string {
  return JSON.stringify([email, admin, tenants])
}

/** Where an address leads for who is logged in, if not to itself. */
function redirection(session: Session, to: RouteLocationNormalized): true | RouteLocationRaw {
  const user = session.user.value
  if (user && to.name === LOGIN_ROUTE) return nextPath(to.query['next'])
  if (!user && !to.meta.isPublic) return { name: LOGIN_ROUTE, query: nextQuery(to.fullPath) }
  return true
}
