import { useI18n } from 'vue-i18n'
import { ROLE } from '@/contract/account'
import { ACTOR_KIND, type AuditEntry } from '@/contract/admin'
import { keyOfAction } from '@/modules/admin/audit/actions'
import { countIn, nameOfSubject, valueText, type Change } from '@/modules/admin/audit/entry'

/** Fields that have a name of their own on the page; the others are shown as they are written. */
const FIELDS = [
  'acknowledged',
  'comment',
  'deleted',
  'disabled',
  'email',
  'enabled',
  'failures',
  'gatewayId',
  'hint',
  'hourlyRetentionDays',
  'metricId',
  'mode',
  'name',
  'plant',
  'plcId',
  'priority',
  'province',
  'rawRetentionDays',
  'reason',
  'requested',
  'role',
  'site',
  'tenant',
  'timeZone',
  'topic',
  'widgets',
] as const

export interface AuditWords {
  /** Who did it. */
  actor: (entry: AuditEntry) => string
  /** What was done, to follow the actor. */
  deed: (entry: AuditEntry) => string
  field: (change: Change) => string
  value: (value: unknown) => string
}

/** Puts the log into sentences. */
export function useAuditWords(): AuditWords {
  const { t } = useI18n()

  function value(of: unknown): string {
    const role = Object.values(ROLE).find((each) => each === of)
    if (role) return t(`account.role.${role}`)
    return valueText(of, { none: '—', yes: t('admin.audit.yes'), no: t('admin.audit.no') })
  }

  return {
    actor: ({ actor, actorKind }) => {
      if (actorKind === ACTOR_KIND.apiKey) return t('admin.audit.byKey', { name: actor })
      if (actorKind === ACTOR_KIND.commandLine) return t('admin.audit.byCommand', { name: actor })
      return actorKind === ACTOR_KIND.nobody ? t('admin.audit.byNobody') : actor
    },
    deed: (entry) => {
      const key = keyOfAction(entry.action)
      const what = nameOfSubject(entry)
      if (key === null) return t('admin.audit.didOther', { action: entry.action, what })
      const failures = countIn(entry.after, 'failures')
      const text = t(`admin.audit.did.${key}`, { what })
      return failures === null
        ? text
        : `${text} (${t('admin.audit.failures', { count: failures }, failures)})`
    },
    field: ({ field }) => {
      const [name = '', ...rest] = field.split('.')
      if (name === 'roles') return t('admin.audit.roleIn', { tenant: rest.join('.') })
      const known = FIELDS.find((each) => each === field)
      return known ? t(`admin.audit.field.${known}`) : field
    },
    value,
  }
}
