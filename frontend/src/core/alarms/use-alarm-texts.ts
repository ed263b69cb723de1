import { computed, type ComputedRef } from 'vue'
import type { Alarm } from '@/contract/alarms'
import { useNumberLocale } from '@/core/i18n/i18n'
import { useSiteLookup } from '@/core/places/use-site-lookup'
import { formatDateTime } from '@/core/time/format-time'
import { offsetText } from '@/core/time/zone-time'

export interface AlarmTexts {
  /** A time as it was at the alarm's plant. */
  timeAt: (alarm: Alarm, ms: number) => string
  /** Which time that is. */
  zoneOf: (alarm: Alarm) => string
  /** The same for all that are shown; empty where they differ, and then each says its own. */
  commonZone: ComputedRef<string>
  plantOf: (alarm: Alarm) => string
  /** Whether there are several tenants to be told apart. */
  hasTenants: ComputedRef<boolean>
}

/** How alarms are spoken of: the names of their plants, and their times by the plants' clocks. */
export function useAlarmTexts(alarms: () => readonly Alarm[]): AlarmTexts {
  const locale = useNumberLocale()
  const { sites, nameOf, timeZoneOf } = useSiteLookup()
  const zoneOf = (alarm: Alarm): string => offsetText(alarm.ts, timeZoneOf(alarm))
  return {
    timeAt: (alarm, ms) => formatDateTime(ms, locale.value, timeZoneOf(alarm)),
    zoneOf,
    commonZone: computed(() => {
      const zones = new Set(alarms().map(zoneOf))
      return zones.size === 1 ? ([...zones][0] ?? '') : ''
    }),
    plantOf: nameOf,
    hasTenants: computed(() => new Set(sites.value.map(({ tenant }) => tenant)).size > 1),
  }
}
