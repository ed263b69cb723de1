import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import {
  REJECTION_STATUS,
  rejectionDetailSchema,
  rejectionSchema,
  type RejectionDetail,
} from '@/contract/quarantine'
import { useApi } from '@/core/http/api-client'
import { REJECTION_KEY, REJECTIONS_KEY } from '@/modules/quarantine/use-bulk'
import { REJECTIONS_PATH } from '@/modules/quarantine/use-counts'

const FOLLOW_MS = 1_000

export interface RejectionQuery {
  rejection: ComputedRef<RejectionDetail | undefined>
  error: ComputedRef<Error | null>
  refetch: () => void
  isBusy: ShallowRef<boolean>
  /** Why the replay or the deletion was not taken. */
  failure: ShallowRef<unknown>
  replay: () => Promise<void>
  /** Deletes it, and tells whether it is gone. */
  remove: () => Promise<boolean>
}

/** One entry; while a replay of it is asked for it is followed until that is done. */
export function useRejection(id: () => string): RejectionQuery {
  const api = useApi()
  const queries = useQueryClient()
  const path = computed(() => `${REJECTIONS_PATH}/${encodeURIComponent(id())}`)
  const query = useQuery({
    queryKey: computed(() => [REJECTION_KEY, id()]),
    queryFn: ({ signal }) => api.get(path.value, {}, rejectionDetailSchema, signal),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.status === REJECTION_STATUS.requested ? FOLLOW_MS : false,
  })
  const isBusy = shallowRef(false)
  const failure = shallowRef<unknown>(null)
  watch(id, () => {
    failure.value = null
  })

  const refreshList = (): Promise<void> => queries.invalidateQueries({ queryKey: [REJECTIONS_KEY] })
  // What the replay came to is seen here first.
  watch(
    () => query.data.value?.status,
    (status, before) => {
      if (before !== undefined && status !== before) void refreshList()
    },
  )

  async function attempt(what: () => Promise<unknown>): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    failure.value = null
    try {
      await what()
      return true
    } catch (error) {
      failure.value = error
      return false
    } finally {
      isBusy.value = false
    }
  }

  return {
    rejection: computed(() => query.data.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    refetch: () => {
      void query.refetch()
    },
    isBusy,
    failure,
    replay: async () => {
      const isTaken = await attempt(() => api.post(`${path.value}/replay`, {}, rejectionSchema))
      if (isTaken) await Promise.all([query.refetch(), refreshList()])
    },
    remove: async () => {
      const isGone = await attempt(() => api.send('DELETE', path.value))
      if (isGone) await refreshList()
      return isGone
    },
  }
}
