import { useQueries, useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import {
  gatewayPageSchema,
  plcPageSchema,
  plcStateSchema,
  sitePageSchema,
  type Gateway,
  type Plc,
  type Site,
} from '@/contract/rest'
import { useApi } from '@/core/http/api-client'

const FRESH_MS = 300_000

export interface PlcMetrics extends Pick<Plc, 'tenant' | 'site' | 'plcId'> {
  metrics: string[]
}

export interface Places {
  sites: ComputedRef<readonly Site[]>
  gateways: ComputedRef<readonly Gateway[]>
  plcs: ComputedRef<readonly Plc[]>
  /** Everything was answered, so what is not in it is not known. */
  isKnown: ComputedRef<boolean>
}

/** The plants, gateways and PLCs there are. */
export function usePlaces(): Places {
  const api = useApi()
  const sites = useQuery({
    queryKey: ['sites'],
    queryFn: ({ signal }) => api.list('/api/sites', sitePageSchema, signal),
    staleTime: FRESH_MS,
  })
  const gateways = useQuery({
    queryKey: ['gateways'],
    queryFn: ({ signal }) => api.list('/api/gateways', gatewayPageSchema, signal),
    staleTime: FRESH_MS,
  })
  const plcs = useQuery({
    queryKey: ['plcs'],
    queryFn: ({ signal }) => api.list('/api/plcs', plcPageSchema, signal),
    staleTime: FRESH_MS,
  })
  return {
    sites: computed(() => sites.data.value ?? []),
    gateways: computed(() => gateways.data.value ?? []),
    plcs: computed(() => plcs.data.value ?? []),
    isKnown: computed(
      () => sites.isSuccess.value && gateways.isSuccess.value && plcs.isSuccess.value,
    ),
  }
}

/** The metrics of some PLCs, by what each last said. */
export function useMetrics(
  plcs: () => readonly Pick<Plc, 'tenant' | 'site' | 'plcId'>[],
): ComputedRef<readonly PlcMetrics[]> {
  const api = useApi()
  const states = useQueries({
    queries: computed(() =>
      plcs().map(({ tenant, site, plcId }) => ({
        queryKey: ['metrics', tenant, site, plcId],
        queryFn: async ({ signal }: { signal: AbortSignal }): Promise<PlcMetrics> => {
          const path = `/api/plcs/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}/state`
          const state = await api.get(path, { tenant }, plcStateSchema, signal)
          return { tenant, site, plcId, metrics: Object.keys(state.values).sort() }
        },
        staleTime: FRESH_MS,
      })),
    ),
  })
  return computed(() => states.value.flatMap(({ data }) => (data ? [data] : [])))
}
