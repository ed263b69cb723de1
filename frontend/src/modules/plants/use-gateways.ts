import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { gatewayPageSchema, type Gateway } from '@/contract/rest'
import type { GatewayMessage } from '@/contract/websocket'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { groupGateways } from '@/modules/plants/fleet'

/** Heartbeat fields change slowly; the feed tells what changes meanwhile. */
const REFRESH_MS = 60_000

/** The gateways of each plant, from the list and kept current by the live feed. */
export function useGateways(): ComputedRef<Map<string, Gateway[]>> {
  const api = useApi()
  const live = useLive()
  const { data } = useQuery({
    queryKey: ['gateways'],
    queryFn: ({ signal }) => api.list('/api/gateways', gatewayPageSchema, signal),
    refetchInterval: REFRESH_MS,
  })
  const heard = shallowRef<ReadonlyMap<string, GatewayMessage>>(new Map())
  onScopeDispose(
    live.on('gateway', (message) => {
      heard.value = new Map(heard.value).set(gatewayKey(message), message)
    }),
  )
  return computed(() => groupGateways(overlay(data.value ?? [], heard.value)))
}

function gatewayKey(gateway: { tenant: string; site: string; gatewayId: string }): string {
  return `${gateway.tenant}/${gateway.site}/${gateway.gatewayId}`
}

/** What was heard last holds over what was listed, unless the list is newer. */
export function overlay(
  listed: readonly Gateway[],
  heard: ReadonlyMap<string, GatewayMessage>,
): Gateway[] {
  const known = new Set<string>()
  const isGone = (gateway: Gateway): boolean => heard.get(gatewayKey(gateway))?.gone === true
  const standing = listed.filter((gateway) => !isGone(gateway))
  const merged = standing.map((gateway) => {
    known.add(gatewayKey(gateway))
    const message = heard.get(gatewayKey(gateway))
    const isOlder = message && (message.lastSeen ?? Infinity) < (gateway.lastSeen ?? 0)
    return message && !isOlder ? applyMessage(gateway, message) : gateway
  })
  for (const [key, message] of heard) {
    if (!known.has(key) && !message.gone) merged.push(applyMessage(unlisted(message), message))
  }
  return merged
}

function applyMessage(gateway: Gateway, message: GatewayMessage): Gateway {
  return {
    ...gateway,
    status: message.status,
    since: message.since ?? gateway.since,
    lastSeen: message.lastSeen ?? gateway.lastSeen,
    heartbeat: heartbeatOf(message) ?? gateway.heartbeat,
  }
}

/** The fields come nested as in REST, or beside `status`. */
function heartbeatOf(message: GatewayMessage): Gateway['heartbeat'] {
  if (message.heartbeat) return message.heartbeat
  const { state, version, uptimeSec, internet, mqtt, plcLink, bufferMode, queuedMessages } = message
  if (state === null && version === null && queuedMessages === null) return null
  const { timestamp } = message
  return {
    state,
    version,
    uptimeSec,
    internet,
    mqtt,
    plcLink,
    bufferMode,
    queuedMessages,
    timestamp,
  }
}

function unlisted({ tenant, site, gatewayId, status }: GatewayMessage): Gateway {
  return {
    id: gatewayId,
    tenant,
    province: null,
    site,
    gatewayId,
    name: null,
    status,
    since: null,
    lastSeen: null,
    heartbeat: null,
    clockSkewMs: null,
    missingSeq: null,
  }
}
