import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router'
import { useSession } from '@/core/session/session'

export interface LeaveGuard {
  /** Somebody wants to leave and must say what becomes of the work. */
  isAsking: ShallowRef<boolean>
  answer: (leave: boolean) => void
}

/**
 * Holds the reader where work is not saved, until they say that it may go. The navigation itself
 * waits, so that one by the browser's own buttons goes on as what it was. `isSamePlace` tells
 * addresses of the same work, which by itself are those of the same page.
 */
export function useLeaveGuard(
  hasWork: () => boolean,
  isSamePlace = (to: RouteLocationNormalized, from: RouteLocationNormalized): boolean =>
    to.path === from.path,
): LeaveGuard {
  const { user } = useSession()
  const isAsking = shallowRef(false)
  let decide: ((leave: boolean) => void) | undefined

  /** Whoever is no longer logged in cannot stay; the work is kept for when they are back. */
  const isHeld = (): boolean => hasWork() && user.value !== null

  function mayLeave(): true | Promise<boolean> {
    if (!isHeld()) return true
    decide?.(false)
    isAsking.value = true
    return new Promise((resolve) => {
      decide = resolve
    })
  }
  onBeforeRouteLeave(mayLeave)
  onBeforeRouteUpdate((to, from) => isSamePlace(to, from) || mayLeave())

  function holdTab(event: BeforeUnloadEvent): void {
    if (isHeld()) event.preventDefault()
  }
  onMounted(() => {
    window.addEventListener('beforeunload', holdTab)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', holdTab)
  })

  return {
    isAsking,
    answer: (leave) => {
      isAsking.value = false
      decide?.(leave)
      decide = undefined
    },
  }
}
