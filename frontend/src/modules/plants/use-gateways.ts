import { useQuery, type UseQueryReturnType } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { gatewayPageSchema, gatewaySchema, type Gateway } from '@/contract/rest'
import type { GatewayMessage } from '@/contract/websocket'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { isOfPlant, type PlantIdentity } from '@/core/places/use-places'

/** Heartbeat fields change slowly; the feed tells what changes meanwhile. */
const REFRESH_MS = 60_000
/** Some of what is known of a gateway is not in the feed. */
const ONE_REFRESH_MS = 15_000

export interface Gateways {
  /** As they are now; undefined while nobody knows. */
  gateways: ComputedRef<Gateway[] | undefined>
  /** Set only when there is nothing to show instead. */
  error: ComputedRef<Error | null>
  retry: () => void
}

/** All gateways, or those of one plant: from the list, and kept current by the live feed. */
export function useGateways(plant?: () => PlantIdentity): Gateways {
  const api = useApi()
  const query = useQuery({
    queryKey: computed(() => ['gateways', plant?.()]),
    queryFn: ({ signal }) => api.list('/api/gateways', gatewayPageSchema, signal, { ...plant?.() }),
    refetchInterval: REFRESH_MS,
  })
  return following(query, (gateway) => !plant || isOfPlant(gateway, plant()))
}

/** One gateway, with what only its own address tells. */
export function useGateway(
  identity: () => PlantIdentity & { gatewayId: string },
): Omit<Gateways, 'gateways'> & { gateway: ComputedRef<Gateway | undefined> } {
  const api = useApi()
  const query = useQuery({
    queryKey: computed(() => ['gateway', identity()]),
    queryFn: async ({ signal }) => {
      const { tenant, site, gatewayId } = identity()
      const path = `/api/gateways/${encodeURIComponent(site)}/${encodeURIComponent(gatewayId)}`
      return [await api.get(path, { tenant }, gatewaySchema, signal)]
    },
    refetchInterval: ONE_REFRESH_MS,
  })
  const { gateways, error, retry } = following(
    query,
    (gateway) => gatewayKey(gateway) === gatewayKey(identity()),
  )
  return { gateway: computed(() => gateways.value?.[0]), error, retry }
}

/** A list, and what the feed says of the gateways it is about. */
function following(
  query: UseQueryReturnType<Gateway[], Error>,
  isMeant: (gateway: GatewayMessage) => boolean,
): Gateways {
  const live = useLive()
  const heard = shallowRef<ReadonlyMap<string, GatewayMessage>>(new Map())
  onScopeDispose(
    live.on('gateway', (message) => {
      if (isMeant(message)) heard.value = new Map(heard.value).set(gatewayKey(message), message)
    }),
  )
  return {
    gateways: computed(() => {
      const listed = query.data.value
      // What was heard of another plant before is not meant any more.
      const meant = new Map([...heard.value].filter(([, message]) => isMeant(message)))
      return listed && overlay(listed, meant)
    }),
    error: computed(() => (query.data.value ? null : query.error.value)),
    retry: () => void query.refetch(),
  }
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
    clockSkewMs: message.clockSkewMs ?? gateway.clockSkewMs,
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
    lastBootId: null,
  }
}
