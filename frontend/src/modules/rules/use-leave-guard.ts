import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { useSession } from '@/core/session/session'

export interface LeaveGuard {
  /** Somebody wants to leave and must say what becomes of the work. */
  isAsking: ShallowRef<boolean>
  answer: (leave: boolean) => void
}

/** Holds the reader on a page whose work is not saved, until they say that it may go. */
export function useLeaveGuard(isChanged: () => boolean, onLeave: () => void): LeaveGuard {
  const { user } = useSession()
  const isAsking = shallowRef(false)
  let decide: ((leave: boolean) => void) | undefined

  function mayLeave(): true | Promise<boolean> {
    // Whoever is no longer logged in cannot stay; the work is kept for when they are back.
    if (!isChanged() || user.value === null) return true
    decide?.(false)
    isAsking.value = true
    return new Promise((resolve) => {
      decide = resolve
    })
  }
  onBeforeRouteLeave(mayLeave)
  onBeforeRouteUpdate((to, from) => to.path === from.path || mayLeave())

  function holdTab(event: BeforeUnloadEvent): void {
    if (isChanged()) event.preventDefault()
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
      if (leave) onLeave()
      decide?.(leave)
      decide = undefined
    },
  }
}
