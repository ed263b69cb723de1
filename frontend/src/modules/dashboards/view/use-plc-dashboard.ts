import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { dashboardSchema, type Dashboard } from '@/contract/dashboards'
import { useApi } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'

/** A screen on a wall has nobody to reload it when the dashboard was changed. */
const REFRESH_MS = 60_000

export interface PlcDashboard {
  dashboard: ComputedRef<Dashboard | undefined>
  /** The PLC has none. */
  isMissing: ComputedRef<boolean>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
  retry: () => void
}

/** The dashboard of a PLC as everybody sees it. */
export function usePlcDashboard(identity: () => PlcIdentity): PlcDashboard {
  const api = useApi()
  const query = useQuery({
    queryKey: computed(() => ['dashboard', plcKey(identity())]),
    queryFn: async ({ signal }): Promise<Dashboard | null> => {
      const { tenant, site, plcId } = identity()
      const path = `/api/dashboards/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}`
      try {
        return await api.get(path, { tenant }, dashboardSchema, signal)
      } catch (error) {
        // That there is none is an answer as well, which holds while it is asked again.
        if (isNotFound(error)) return null
        throw error
      }
    },
    refetchInterval: REFRESH_MS,
    shallow: true,
  })
  return {
    dashboard: computed(() => query.data.value ?? undefined),
    isMissing: computed(() => query.data.value === null),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value === undefined ? query.error.value : null)),
    retry: () => {
      void query.refetch()
    },
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404
}
