import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'
import {
  onBeforeRouteLeave,
  onBeforeRouteUpdate,
  useRouter,
  type RouteLocationNormalized,
} from 'vue-router'
import { useSession } from '@/core/session/session'

export interface LeaveGuard {
  /** Where the reader wants to go, as long as it is not decided what becomes of the work. */
  destination: ShallowRef<RouteLocationNormalized | null>
  stay: () => void
  go: () => void
}

/** Asks before work is left, and only if there is any. `isSamePlace` tells addresses of the same work. */
export function useLeaveGuard(
  hasWork: () => boolean,
  isSamePlace: (to: RouteLocationNormalized) => boolean,
): LeaveGuard {
  const router = useRouter()
  const { user } = useSession()
  const destination = shallowRef<RouteLocationNormalized | null>(null)
  let isDecided = false

  function guard(to: RouteLocationNormalized): boolean {
    // Who is no longer logged in cannot stay; the draft does.
    if (isDecided || isSamePlace(to) || !hasWork() || user.value === null) return true
    destination.value = to
    return false
  }
  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate(guard)

  function onUnload(event: BeforeUnloadEvent): void {
    if (hasWork() && user.value !== null) event.preventDefault()
  }
  window.addEventListener('beforeunload', onUnload)
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', onUnload)
  })

  return {
    destination,
    stay: () => {
      destination.value = null
    },
    go: () => {
      const to = destination.value
      if (!to) return
      isDecided = true
      destination.value = null
      void router.push(to).finally(() => {
        isDecided = false
      })
    },
  }
}
