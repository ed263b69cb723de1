import { computed, type ComputedRef } from 'vue'
import type { Site } from '@/contract/rest'
import { useSites, zoneOf } from '@/core/places/use-places'

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
  const { data } = useSites()
  const byCode = computed(
    () => new Map((data.value ?? []).map((each) => [`${each.tenant}/${each.site}`, each])),
  )
  const find = ({ tenant, site }: Place): Site | undefined => byCode.value.get(`${tenant}/${site}`)
  return {
    sites: computed(() => data.value ?? []),
    nameOf: (place) => find(place)?.name ?? place.site,
    timeZoneOf: (place) => zoneOf(find(place)),
  }
}
