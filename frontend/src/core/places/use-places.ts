import { useQuery, type UseQueryReturnType } from '@tanstack/vue-query'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { plcPageSchema, sitePageSchema, type Plc, type Site } from '@/contract/rest'
import { useApi } from '@/core/http/api-client'
import { isKnownTimeZone } from '@/core/time/format-time'

/** A plant by its codes. */
export interface PlantIdentity {
  tenant: string
  site: string
}

interface Asking {
  /** Nothing is asked for while it is false. */
  enabled?: MaybeRefOrGetter<boolean>
}

/** All plants that the reader may see. */
export function useSites({
  enabled = true,
  refetchInterval = false,
}: Asking & { refetchInterval?: number | false } = {}): UseQueryReturnType<Site[], Error> {
  const api = useApi()
  return useQuery({
    queryKey: ['sites'],
    queryFn: ({ signal }) => api.list('/api/sites', sitePageSchema, signal),
    refetchInterval,
    enabled: () => toValue(enabled),
  })
}

/** The PLCs of one plant. */
export function usePlantPlcs(
  plant: () => PlantIdentity | null,
  { enabled = true }: Asking = {},
): UseQueryReturnType<Plc[], Error> {
  const api = useApi()
  return useQuery({
    queryKey: computed(() => ['plcs', plant()?.tenant, plant()?.site]),
    queryFn: ({ signal }) => {
      const { tenant, site } = plant() ?? { tenant: '', site: '' }
      const path = `/api/plcs/${encodeURIComponent(site)}`
      return api.list(path, plcPageSchema, signal, { tenant })
    },
    enabled: () => plant() !== null && toValue(enabled),
  })
}

/** The zone of a plant, if this browser knows it. */
export function zoneOf(site: { timeZone: string | null } | undefined): string | undefined {
  const zone = site?.timeZone ?? null
  return zone !== null && isKnownTimeZone(zone) ? zone : undefined
}

/** Whether two things stand in the same plant. */
export function isOfPlant(one: PlantIdentity, other: PlantIdentity): boolean {
  return one.tenant === other.tenant && one.site === other.site
}

export interface Place {
  site: ComputedRef<Site | undefined>
  plc: ComputedRef<Plc | undefined>
  timeZone: ComputedRef<string | undefined>
}

/** What the lists tell of one plant, and of one PLC in it; nothing is asked for without a plant. */
export function usePlace(place: () => PlantIdentity & { plcId?: string }): Place {
  const sites = useSites({ enabled: () => place().site !== '' })
  const plcs = usePlantPlcs(place, { enabled: () => place().plcId !== undefined })
  const site = computed(() => sites.data.value?.find((each) => isOfPlant(each, place())))
  return {
    site,
    plc: computed(() => plcs.data.value?.find(({ plcId }) => plcId === place().plcId)),
    timeZone: computed(() => zoneOf(site.value)),
  }
}
