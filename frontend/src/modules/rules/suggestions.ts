import type { Gateway, Plc, Site } from '@/contract/rest'
import { MATCH_FIELDS, type MatchField } from '@/contract/rules'
import { matchesName, patternFault, type Match } from '@/modules/rules/pattern'
import type { PlcMetrics } from '@/modules/rules/use-places'

/** What is known of one thing's place; what is not known of it stands in nobody's way. */
export type Known = Partial<Match>

/** Everything there is, in the words of rules. */
export function knownPlaces(
  sites: readonly Pick<Site, 'tenant' | 'province' | 'site'>[],
  gateways: readonly Pick<Gateway, 'tenant' | 'province' | 'site' | 'gatewayId'>[],
  plcs: readonly Pick<Plc, 'tenant' | 'site' | 'plcId'>[],
  metrics: readonly PlcMetrics[],
): Known[] {
  const provinces = new Map(sites.map((each) => [`${each.tenant}/${each.site}`, each.province]))
  const place = (tenant: string, site: string, own?: string | null): Known => {
    const province = own ?? provinces.get(`${tenant}/${site}`)
    return { tenant, plant: site, ...(province && { province }) }
  }
  return [
    ...sites.map((each) => place(each.tenant, each.site, each.province)),
    ...gateways.map((each) => ({
      ...place(each.tenant, each.site, each.province),
      gatewayId: each.gatewayId,
    })),
    ...plcs.map((each) => ({ ...place(each.tenant, each.site), plcId: each.plcId })),
    ...metrics.flatMap((each) =>
      each.metrics.map((metricId) => ({
        ...place(each.tenant, each.site),
        plcId: each.plcId,
        metricId,
      })),
    ),
  ]
}

/** The names of a field where the other fields' patterns allow it. */
export function suggest(known: readonly Known[], field: MatchField, match: Match): string[] {
  const others = MATCH_FIELDS.filter((each) => each !== field && patternFault(match[each]) === null)
  const found = new Set<string>()
  for (const place of known) {
    const name = place[field]
    if (name === undefined) continue
    const isAllowed = others.every((other) => {
      const there = place[other]
      return there === undefined || matchesName(match[other], there)
    })
    if (isAllowed) found.add(name)
  }
  return [...found].sort()
}
