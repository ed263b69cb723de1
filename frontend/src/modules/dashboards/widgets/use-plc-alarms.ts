import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { listedAlarmPageSchema, type ListedAlarm } from '@/contract/dashboards'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'
import { SEVERITIES, type OptionsOf } from '@/modules/dashboards/model/options'

/** More than anybody reads on a tile; the page of alarms has the rest. */
const MOST = 50
const REFRESH_MS = 60_000

export interface PlcAlarms {
  alarms: ComputedRef<ListedAlarm[]>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
}

/** The alarms of a PLC, from the list and kept current by the live feed. */
export function usePlcAlarms(
  identity: () => PlcIdentity,
  options: () => OptionsOf<'alarm_list'>,
): PlcAlarms {
  const api = useApi()
  const live = useLive()
  const query = useQuery({
    queryKey: computed(() => ['plcAlarms', plcKey(identity()), options()]),
    queryFn: async ({ signal }) => {
      const { tenant, site, plcId } = identity()
      const { show, severities } = options()
      const page = await api.get(
        `/api/alarms/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}`,
        {
          tenant,
          sort: 'severity',
          limit: MOST,
          acknowledged: show === 'open' ? 'false' : undefined,
          severity: severities.length === 0 ? undefined : severities.join(','),
        },
        listedAlarmPageSchema,
        signal,
      )
      return page.items
    },
    refetchInterval: REFRESH_MS,
  })
  const heard = shallowRef<ReadonlyMap<string, ListedAlarm>>(new Map())
  onScopeDispose(
    live.on('alarm', (message) => {
      const { tenant, site, plcId } = identity()
      const isOfPlc = message.plcId === plcId && message.site === site && message.tenant === tenant
      if (isOfPlc) heard.value = new Map(heard.value).set(message.id, message)
    }),
  )
  // What was told while nobody listened is in the list.
  onScopeDispose(
    live.on('lagged', ({ alarms }) => {
      if ((alarms ?? 0) > 0) void query.refetch()
    }),
  )
  watch(live.fresh, (isFresh) => {
    if (isFresh) void query.refetch()
  })
  return {
    alarms: computed(() => listAlarms(query.data.value ?? [], heard.value, options())),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
  }
}

/** The list with the news, the most severe first, then the newest. */
export function listAlarms(
  listed: readonly ListedAlarm[],
  heard: ReadonlyMap<string, ListedAlarm>,
  { show, severities }: OptionsOf<'alarm_list'>,
): ListedAlarm[] {
  const byId = new Map(listed.map((alarm) => [alarm.id, alarm]))
  for (const [id, news] of heard) {
    const known = byId.get(id)
    if (!known || news.version >= known.version) byId.set(id, news)
  }
  const rank = ({ severity }: ListedAlarm): number => SEVERITIES.indexOf(severity)
  return [...byId.values()]
    .filter(
      (alarm) =>
        (show === 'all' || !alarm.acknowledged) &&
        (severities.length === 0 || severities.includes(alarm.severity)),
    )
    .sort((a, b) => rank(a) - rank(b) || b.ts - a.ts)
    .slice(0, MOST)
}
