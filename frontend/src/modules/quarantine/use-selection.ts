import { computed, shallowRef, watch, type ComputedRef } from 'vue'

export interface Selection {
  ids: ComputedRef<string[]>
  has: (id: string) => boolean
  toggle: (id: string) => void
  areAll: ComputedRef<boolean>
  toggleAll: () => void
  clear: () => void
}

/** Which of the entries on screen are chosen; what is no longer on screen is not. */
export function useSelection(shown: () => readonly string[]): Selection {
  const chosen = shallowRef<ReadonlySet<string>>(new Set())
  const ids = computed(() => shown().filter((id) => chosen.value.has(id)))
  const areAll = computed(() => ids.value.length > 0 && ids.value.length === shown().length)
  watch(ids, (now) => {
    if (now.length !== chosen.value.size) chosen.value = new Set(now)
  })
  return {
    ids,
    has: (id) => chosen.value.has(id),
    toggle: (id) => {
      const next = new Set(chosen.value)
      if (!next.delete(id)) next.add(id)
      chosen.value = next
    },
    areAll,
    toggleAll: () => {
      chosen.value = new Set(areAll.value ? [] : shown())
    },
    clear: () => {
      chosen.value = new Set()
    },
  }
}
