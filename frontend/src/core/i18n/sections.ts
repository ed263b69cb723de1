import type admin from '@/core/i18n/sections/admin.es.json'
import type alarms from '@/core/i18n/sections/alarms.es.json'
import type dashboards from '@/core/i18n/sections/dashboards.es.json'
import type quarantine from '@/core/i18n/sections/quarantine.es.json'
import type places from '@/core/i18n/sections/places.es.json'
import type rules from '@/core/i18n/sections/rules.es.json'
import type sessions from '@/core/i18n/sections/sessions.es.json'
import type shell from '@/core/i18n/sections/shell.es.json'
import type system from '@/core/i18n/sections/system.es.json'
import type trend from '@/core/i18n/sections/trend.es.json'
import type { Language } from '@/core/preferences/preferences-store'

/** The words of one part of the page each. A section's file holds what stands under its name. */
export interface SectionMessages {
  admin: typeof admin
  alarms: typeof alarms
  dashboards: typeof dashboards
  quarantine: typeof quarantine
  places: typeof places
  rules: typeof rules
  sessions: typeof sessions
  shell: typeof shell
  system: typeof system
  trend: typeof trend
}
export type SectionName = keyof SectionMessages

type Load = () => Promise<{ default: object }>

export const SECTIONS: Readonly<Record<SectionName, Readonly<Record<Language, Load>>>> = {
  admin: {
    es: () => import('@/core/i18n/sections/admin.es.json'),
    en: () => import('@/core/i18n/sections/admin.en.json'),
  },
  alarms: {
    es: () => import('@/core/i18n/sections/alarms.es.json'),
    en: () => import('@/core/i18n/sections/alarms.en.json'),
  },
  dashboards: {
    es: () => import('@/core/i18n/sections/dashboards.es.json'),
    en: () => import('@/core/i18n/sections/dashboards.en.json'),
  },
  quarantine: {
    es: () => import('@/core/i18n/sections/quarantine.es.json'),
    en: () => import('@/core/i18n/sections/quarantine.en.json'),
  },
  places: {
    es: () => import('@/core/i18n/sections/places.es.json'),
    en: () => import('@/core/i18n/sections/places.en.json'),
  },
  rules: {
    es: () => import('@/core/i18n/sections/rules.es.json'),
    en: () => import('@/core/i18n/sections/rules.en.json'),
  },
  sessions: {
    es: () => import('@/core/i18n/sections/sessions.es.json'),
    en: () => import('@/core/i18n/sections/sessions.en.json'),
  },
  shell: {
    es: () => import('@/core/i18n/sections/shell.es.json'),
    en: () => import('@/core/i18n/sections/shell.en.json'),
  },
  system: {
    es: () => import('@/core/i18n/sections/system.es.json'),
    en: () => import('@/core/i18n/sections/system.en.json'),
  },
  trend: {
    es: () => import('@/core/i18n/sections/trend.es.json'),
    en: () => import('@/core/i18n/sections/trend.en.json'),
  },
}
