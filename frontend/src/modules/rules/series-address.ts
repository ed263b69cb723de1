import type { LocationQuery } from 'vue-router'
import type { SeriesNames } from '@/contract/rules'
import type { Match } from '@/modules/rules/pattern'

export const EXPLAIN = 'explain'
const IDENTIFIER = /^[A-Za-z0-9._:-]{1,128}$/

export const SERIES_PARTS = [
  'tenant',
  'province',
  'site',
  'gatewayId',
  'plcId',
  'metricId',
] as const satisfies readonly (keyof SeriesNames)[]
export type SeriesPart = (typeof SERIES_PARTS)[number]

export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text)
}

/** The address's part that names a series: `?explain=tenant/province/site/gateway/plc/metric`. */
export function seriesQuery(series: SeriesNames): Record<string, string> {
  return { [EXPLAIN]: SERIES_PARTS.map((part) => series[part]).join('/') }
}

/** What of a series the address names; a part may be empty, and names have no `/`. */
export function seriesOfQuery(query: LocationQuery): SeriesNames {
  const text = query[EXPLAIN]
  const parts = typeof text === 'string' ? text.split('/') : []
  const [tenant = '', province = '', site = '', gatewayId = '', plcId = '', metricId = ''] = parts
  return { tenant, province, site, gatewayId, plcId, metricId }
}

/** What no series can be explained without. The province may be the plant's, the gateway whichever sends it. */
export function isComplete({ tenant, site, gatewayId, plcId, metricId }: SeriesNames): boolean {
  const isGatewayNamed = gatewayId === '' || isIdentifier(gatewayId)
  return isGatewayNamed && [tenant, site, plcId, metricId].every(isIdentifier)
}

/** As rules name it. */
export function matchNames({ site, ...others }: SeriesNames): Match {
  return { plant: site, ...others }
}
