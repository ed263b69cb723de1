import { computed, type ComputedRef } from 'vue'
import { ROLE, type Role } from '@/contract/account'
import { useSession } from '@/core/session/session'

export interface Rights {
  /** Reaches everything of every tenant. */
  isAdmin: ComputedRef<boolean>
  /** Manages anything: all tenants, or some. */
  managesSome: ComputedRef<boolean>
  /** Users, keys and dashboards of a tenant. */
  manages: (tenant: string) => boolean
  /** Acknowledges alarms of a tenant. */
  operates: (tenant: string) => boolean
  /** The tenants whose users, keys and dashboards the reader manages; an internal admin's list is the server's to tell. */
  managedTenants: ComputedRef<string[]>
}

/** What the reader may do. It only spares them refusals: the server decides. */
export function useRights(): Rights {
  const { user } = useSession()
  const isAdmin = computed(() => user.value?.admin ?? false)
  const tenantsAs = (...roles: Role[]): string[] =>
    (user.value?.tenants ?? [])
      .filter(({ role }) => roles.includes(role))
      .map(({ tenant }) => tenant)
  const managedTenants = computed(() => tenantsAs(ROLE.tenantAdmin))
  return {
    isAdmin,
    managesSome: computed(() => isAdmin.value || managedTenants.value.length > 0),
    manages: (tenant) => isAdmin.value || managedTenants.value.includes(tenant),
    operates: (tenant) =>
      isAdmin.value || tenantsAs(ROLE.tenantAdmin, ROLE.operator).includes(tenant),
    managedTenants,
  }
}
