import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, watch, type ComputedRef } from 'vue'
import { plcPageSchema } from '@/contract/rest'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { plcKey } from '@/core/live/live-store'
import { useSites } from '@/core/places/use-places'
import { groupFleet, type Plant } from '@/modules/plants/fleet'

/** New PLCs come in bursts when a plant is connected: the lists are asked for once per burst. */
const NEWCOMER_WAIT_MS = 3_000

/** Where only the plants on screen are heard, the list alone tells of a new one. */
const REFRESH_MS = 60_000

export interface Fleet {
  plants: ComputedRef<Plant[]>
  isLoading: ComputedRef<boolean>
  /** Set only when there is nothing to show instead. */
  error: ComputedRef<Error | null>
  retry: () => void
}

/** All plants that the reader may see, with their PLCs. */
export function useFleet(): Fleet {
  const api = useApi()
  const live = useLive()
  const queries = useQueryClient()

  const sites = useSites({ refetchInterval: REFRESH_MS })
  const plcs = useQuery({
    queryKey: ['plcs'],
    queryFn: ({ signal }) => api.list('/api/plcs', plcPageSchema, signal),
  })

  const listed = computed(() => new Set((plcs.data.value ?? []).map(plcKey)))
  watch(live.store.roster, (roster, _old, onCleanup) => {
    if (!plcs.data.value || roster.every((identity) => listed.value.has(plcKey(identity)))) return
    const timer = setTimeout(() => {
      void queries.invalidateQueries({ queryKey: ['sites'] })
      void queries.invalidateQueries({ queryKey: ['plcs'] })
    }, NEWCOMER_WAIT_MS)
    onCleanup(() => {
      clearTimeout(timer)
    })
  })

  return {
    plants: computed(() =>
      groupFleet(sites.data.value ?? [], plcs.data.value ?? [], live.store.roster.value),
    ),
    isLoading: computed(() => sites.isPending.value || plcs.isPending.value),
    error: computed(() => {
      if (!sites.isPending.value && sites.data.value && plcs.data.value) return null
      return plcs.error.value ?? sites.error.value
    }),
    retry: () => {
      void sites.refetch()
      void plcs.refetch()
    },
  }
}
