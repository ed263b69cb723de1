import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import type { Alarm } from '@/contract/alarms'

export interface AlarmSelection {
  /** In the order of the list. */
  selected: ComputedRef<Alarm[]>
  isSelectable: (alarm: Alarm) => boolean
  isSelected: (alarm: Alarm) => boolean
  set: (alarm: Alarm, on: boolean) => void
  /** How much of what can be selected is. */
  extent: ComputedRef<'none' | 'some' | 'all'>
  setAll: (on: boolean) => void
}

/** Which alarms of a list are chosen to be acknowledged. */
export function useAlarmSelection(
  alarms: () => readonly Alarm[],
  mayAcknowledge: (alarm: Alarm) => boolean,
): AlarmSelection {
  const ids = shallowRef<ReadonlySet<string>>(new Set())
  const isSelectable = (alarm: Alarm): boolean => !alarm.acknowledged && mayAcknowledge(alarm)
  const selectable = computed(() => alarms().filter(isSelectable))
  const selected = computed(() => selectable.value.filter(({ id }) => ids.value.has(id)))
  // What somebody else acknowledged meanwhile is not selected any more, and not again if it were to come back.
  watch(selected, (next) => {
    if (next.length < ids.value.size) ids.value = new Set(next.map(({ id }) => id))
  })

  return {
    selected,
    isSelectable,
    isSelected: ({ id }) => ids.value.has(id),
    set: ({ id }, on) => {
      const next = new Set(ids.value)
      if (on) next.add(id)
      else next.delete(id)
      ids.value = next
    },
    extent: computed(() => {
      if (selected.value.length === 0) return 'none'
      return selected.value.length === selectable.value.length ? 'all' : 'some'
    }),
    setAll: (on) => {
      ids.value = new Set(on ? selectable.value.map(({ id }) => id) : [])
    },
  }
}
