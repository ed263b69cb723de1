import { GATEWAY_STATUS, type Gateway, type GatewayStatus } from '@/contract/rest'

/** How the gateways of a plant are, in one word. */
export const PLANT_STATUS = {
  ...GATEWAY_STATUS,
  /** Some are online, and some are not. */
  partial: 'partial',
  /** It has none. */
  none: 'none',
} as const
export type PlantStatus = (typeof PLANT_STATUS)[keyof typeof PLANT_STATUS]

export type GatewayCounts = Readonly<Record<GatewayStatus, number>>

export interface PlantState {
  status: PlantStatus
  /** Since when it is so: online since the last one came, offline since the last one went, partial since the first one went. */
  since: number | null
  counts: GatewayCounts
  /** Messages that wait in all gateways together. */
  queued: number
}

export function countGateways(gateways: readonly Gateway[]): GatewayCounts {
  const counts = { online: 0, offline: 0, never_seen: 0 }
  for (const { status } of gateways) counts[status]++
  return counts
}

/** One state for all gateways of a plant. One that was never seen does not count where others were. */
export function plantState(gateways: readonly Gateway[]): PlantState {
  const counts = countGateways(gateways)
  const status = statusOf(counts)
  const sinces = gateways
    .filter((gateway) => gateway.status === (status === 'online' ? 'online' : 'offline'))
    .map(({ since }) => since)
    .filter((since) => since !== null)
  const ends = status === PLANT_STATUS.partial ? Math.min(...sinces) : Math.max(...sinces)
  return {
    status,
    since: Number.isFinite(ends) ? ends : null,
    counts,
    queued: gateways.reduce((sum, { heartbeat }) => sum + (heartbeat?.queuedMessages ?? 0), 0),
  }
}

function statusOf({ online, offline, never_seen }: GatewayCounts): PlantStatus {
  if (online > 0) return offline > 0 ? PLANT_STATUS.partial : PLANT_STATUS.online
  if (offline > 0) return PLANT_STATUS.offline
  return never_seen > 0 ? PLANT_STATUS.neverSeen : PLANT_STATUS.none
}
