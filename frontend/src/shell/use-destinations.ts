import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RouteLocationRaw } from 'vue-router'
import { useRights } from '@/core/session/use-rights'

export interface Destination {
  name: string
  text: string
  to: RouteLocationRaw
}

/** Where a reader can go: the pages for everybody, and those of the administration that are for them. */
export function useDestinations(): {
  everyday: ComputedRef<Destination[]>
  administration: ComputedRef<Destination[]>
} {
  const { t } = useI18n()
  const rights = useRights()
  const destination = (name: string, text: string): Destination => ({ name, text, to: { name } })
  return {
    everyday: computed(() => [
      destination('fleet', t('nav.fleet')),
      destination('alarms', t('nav.alarms')),
    ]),
    administration: computed(() => {
      if (!rights.managesSome.value) return []
      const ofManagers = [
        destination('dashboards', t('nav.dashboards')),
        destination('plants', t('nav.plants')),
        destination('users', t('nav.users')),
        destination('apiKeys', t('nav.apiKeys')),
        destination('audit', t('nav.audit')),
      ]
      if (!rights.isAdmin.value) return ofManagers
      return [
        destination('rules', t('nav.rules')),
        destination('quarantine', t('nav.quarantine')),
        ...ofManagers.slice(0, 2),
        destination('tenants', t('nav.tenants')),
        ...ofManagers.slice(2),
        destination('system', t('nav.system')),
      ]
    }),
  }
}
