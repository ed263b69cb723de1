import type { PlcIdentity } from '@/core/live/live-store'

/** The address of a PLC's page, and of one of its metrics there. */
export function plcPath({ tenant, site, plcId }: PlcIdentity, metricId?: string): string {
  const path = `/plc/${[tenant, site, plcId].map(encodeURIComponent).join('/')}`
  return metricId === undefined ? path : `${path}?metric=${encodeURIComponent(metricId)}`
}

/** The address of a PLC's dashboard. */
export function dashboardPath(identity: PlcIdentity): string {
  return `${plcPath(identity)}/dashboard`
}
