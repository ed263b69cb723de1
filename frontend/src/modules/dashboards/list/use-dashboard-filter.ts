import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useSites } from '@/core/places/use-places'
import { useRights } from '@/core/session/use-rights'

export interface DashboardFilter {
  tenant: ComputedRef<string>
  site: ComputedRef<string>
  tenants: ComputedRef<string[]>
  /** Plants of the chosen tenant, or of all. */
  sites: ComputedRef<string[]>
  setTenant: (tenant: string) => void
  setSite: (site: string) => void
}

/** Which dashboards are listed; the choice lives in the address. */
export function useDashboardFilter(): DashboardFilter {
  const route = useRoute()
  const router = useRouter()
  const rights = useRights()
  const query = useSites()
  const managed = computed(() =>
    (query.data.value ?? []).filter(({ tenant }) => rights.manages(tenant)),
  )
  const read = (name: string): string => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  const tenant = computed(() => read('tenant'))
  const write = (change: Record<string, string | undefined>): void => {
    void router.replace({ query: { ...route.query, ...change } })
  }
  return {
    tenant,
    site: computed(() => read('site')),
    tenants: computed(() => [...new Set(managed.value.map((each) => each.tenant))].sort()),
    sites: computed(() => {
      const ofTenant = managed.value.filter(
        (each) => tenant.value === '' || each.tenant === tenant.value,
      )
      return [...new Set(ofTenant.map(({ site }) => site))].sort()
    }),
    setTenant: (next) => {
      write({ tenant: next === '' ? undefined : next, site: undefined })
    },
    setSite: (next) => {
      write({ site: next === '' ? undefined : next })
    },
  }
}
