import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { tenantPageSchema, type Tenant } from '@/contract/admin'
import { useApi } from '@/core/http/api-client'

export const TENANTS_KEY = 'admin.tenants'

export interface Tenants {
  /** Those the reader manages. */
  tenants: ComputedRef<Tenant[]>
  /** As people call it. */
  nameOf: (code: string) => string
  /** For a field in which one is chosen. */
  choices: ComputedRef<{ value: string; text: string }[]>
}

/** The customers whose people, plants and keys the reader manages. */
export function useTenants(): Tenants {
  const api = useApi()
  const query = useQuery({
    queryKey: [TENANTS_KEY, 'all'],
    queryFn: ({ signal }) => api.list('/api/admin/tenants', tenantPageSchema, signal),
  })
  const tenants = computed(() => query.data.value ?? [])
  const names = computed(() => new Map(tenants.value.map(({ tenant, name }) => [tenant, name])))
  return {
    tenants,
    nameOf: (code) => names.value.get(code) ?? code,
    choices: computed(() =>
      tenants.value.map(({ tenant, name }) => ({
        value: tenant,
        text: name === null ? tenant : `${name} (${tenant})`,
      })),
    ),
  }
}
