import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { gatewayPageSchema, type Gateway } from '@/contract/rest'
import type { GatewayMessage } from '@/contract/websocket'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import type { PlcIdentity } from '@/core/live/live-store'

/** Heartbeat fields change slowly; the feed tells what changes meanwhile. */
const REFRESH_MS = 60_000

export interface SiteGateways {
  gateways: ComputedRef<Gateway[]>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
}

/** The gateways of a PLC's plant, from the list and kept current by the live feed. */
export function useSiteGateways(identity: () => PlcIdentity): SiteGateways {
  const api = useApi()
  const live = useLive()
  const query = useQuery({
    queryKey: computed(() => ['siteGateways', identity().tenant, identity().site]),
    queryFn: ({ signal }) => {
      const { tenant, site } = identity()
      return api.list('/api/gateways', gatewayPageSchema, signal, { tenant, site })
    },
    refetchInterval: REFRESH_MS,
  })
  const heard = shallowRef<ReadonlyMap<string, GatewayMessage>>(new Map())
  onScopeDispose(
    live.on('gateway', (message) => {
      const { tenant, site } = identity()
      if (message.tenant !== tenant || message.site !== site) return
      heard.value = new Map(heard.value).set(message.gatewayId, message)
    }),
  )
  return {
    gateways: computed(() => withNews(query.data.value ?? [], heard.value)),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
  }
}

/** What was heard last holds over what was listed, unless the list is newer. */
export function withNews(
  listed: readonly Gateway[],
  heard: ReadonlyMap<string, GatewayMessage>,
): Gateway[] {
  return listed.flatMap((gateway) => {
    const news = heard.get(gateway.gatewayId)
    if (!news || (news.lastSeen ?? Infinity) < (gateway.lastSeen ?? 0)) return [gateway]
    if (news.gone) return []
    return [
      {
        ...gateway,
        status: news.status,
        since: news.since ?? gateway.since,
        lastSeen: news.lastSeen ?? gateway.lastSeen,
        heartbeat: news.heartbeat ?? gateway.heartbeat,
      },
    ]
  })
}
