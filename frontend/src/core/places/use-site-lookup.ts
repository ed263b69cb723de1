import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { sitePageSchema, type Site } from '@/contract/rest'
import { useApi } from '@/core/http/api-client'
import { isKnownTimeZone } from '@/core/time/format-time'

interface Place {
  tenant: string
  site: string
}

export interface SiteLookup {
  sites: ComputedRef<readonly Site[]>
  /** What people call the plant; its code until that is known. */
  nameOf: (place: Place) => string
  /** The zone its times are shown in; the browser's own where there is none, or none that it knows. */
  timeZoneOf: (place: Place) => string | undefined
}

/** The plants that the reader may see, by their names and time zones. */
export function useSiteLookup(): SiteLookup {
  const api = useApi()
  const { data } = useQuery({
    queryKey: ['sites'],
    queryFn: ({ signal }) => api.list('/api/sites', sitePageSchema, signal),
  })
  const byCode = computed(
    () => new Map((data.value ?? []).map((each) => [`${each.tenant}/${each.site}`, each])),
  )
  const find = ({ tenant, site }: Place): Site | undefined => byCode.value.get(`${tenant}/${site}`)
  return {
    sites: computed(() => data.value ?? []),
    nameOf: (place) => find(place)?.name ?? place.site,
    timeZoneOf: (place) => {
      const zone = find(place)?.timeZone ?? null
      return zone !== null && isKnownTimeZone(zone) ? zone : undefined
    },
  }
}
