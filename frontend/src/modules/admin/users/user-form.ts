import { useI18n } from 'vue-i18n'
import type { ManagedUser, TenantRole } from '@/contract/admin'
import type { Faults } from '@/core/ui/use-form'
import type { Described } from '@/modules/admin/described'

export const USERS_KEY = 'admin.users'

export interface UserValues {
  email: string
  name: string
  disabled: boolean
  tenants: TenantRole[]
}

export function valuesOf(user: ManagedUser): UserValues {
  const { email, name, disabled } = user
  const tenants = user.tenants.map(({ tenant, role }) => ({ tenant, role }))
  return { email, name: name ?? '', disabled, tenants }
}

/** As the server reads it. */
export function bodyOf({ email, name, disabled, tenants }: UserValues): object {
  return { email: email.trim(), name: name.trim() || null, disabled, tenants }
}

/** A name in the server's answer, `tenants[0].role`, as a field of the form. */
export function fieldOf(name: string): keyof UserValues | undefined {
  const field = name.replace(/\[.*$/, '')
  return FIELDS.find((each) => each === field)
}
const FIELDS = ['email', 'name', 'disabled', 'tenants'] as const

export interface UserWords {
  /** `needsTenant`: a person without one would be nobody's. */
  check: (values: UserValues, needsTenant: boolean) => Faults<UserValues>
  describe: (values: UserValues) => Described[]
}

export function useUserWords(): UserWords {
  const { t } = useI18n()
  return {
    check: ({ email, name, tenants }, needsTenant) => ({
      // The server knows better what an address is; this finds what was left out.
      ...(!/^[^\s@]+@[^\s@]+$/.test(email.trim()) && { email: t('admin.users.fault.email') }),
      ...(name.trim().length > 200 && { name: t('admin.form.long', { most: 200 }) }),
      ...(needsTenant && tenants.length === 0 && { tenants: t('admin.users.fault.tenants') }),
    }),
    describe: ({ email, name, disabled, tenants }) => [
      { label: t('admin.users.email'), text: email },
      { label: t('admin.name'), text: name },
      {
        label: t('admin.users.access'),
        text: t(disabled ? 'admin.users.disabled' : 'admin.users.enabled'),
      },
      {
        label: t('account.roles'),
        text: [...tenants]
          .sort((a, b) => (a.tenant < b.tenant ? -1 : 1))
          .map(({ tenant, role }) => `${tenant}: ${t(`account.role.${role}`)}`)
          .join(', '),
      },
    ],
  }
}
