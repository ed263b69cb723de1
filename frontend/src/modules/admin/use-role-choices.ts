import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { ROLE, type Role } from '@/contract/account'

/** The roles, for a field in which one is chosen. */
export function useRoleChoices(): ComputedRef<{ value: Role; text: string }[]> {
  const { t } = useI18n()
  return computed(() =>
    Object.values(ROLE).map((value) => ({ value, text: t(`account.role.${value}`) })),
  )
}
