import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { ALL_OPEN, type AlarmFilter } from '@/core/alarms/alarm-filter'
import { readFilter, writeFilter } from '@/modules/alarms/alarm-query'

export interface AlarmFilterInUrl {
  filter: ComputedRef<AlarmFilter>
  change: (part: Partial<AlarmFilter>) => void
  clear: () => void
  /** How many of the filters differ from what a page shows without any. */
  count: ComputedRef<number>
}

/** The filter lives in the address: it can be kept as a bookmark, sent, and survives a reload. */
export function useAlarmFilter(): AlarmFilterInUrl {
  const route = useRoute()
  const router = useRouter()
  const filter = computed(() => readFilter(route.query))

  function write(next: AlarmFilter): void {
    void router.replace({ query: writeFilter(next) })
  }

  return {
    filter,
    change: (part) => {
      write({ ...filter.value, ...part })
    },
    clear: () => {
      write({ ...ALL_OPEN, sort: filter.value.sort })
    },
    count: computed(
      () => Object.keys(writeFilter({ ...filter.value, sort: ALL_OPEN.sort })).length,
    ),
  }
}
