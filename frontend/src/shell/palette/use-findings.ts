import { computed, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { useLive } from '@/core/live/live'
import type { PlcIdentity } from '@/core/live/live-store'
import { plcPath } from '@/core/live/plc-path'
import { usePlaceSearch, type FoundPlaces } from '@/core/places/use-place-search'
import { useSiteLookup } from '@/core/places/use-site-lookup'
import { rank, wordsOf, type Finding } from '@/shell/palette/finding'
import { useDestinations } from '@/shell/use-destinations'

export interface Findings {
  /** The best first; nothing as long as nothing is searched for. */
  found: ComputedRef<Finding[]>
  /** The pages of the reader. */
  pages: ComputedRef<Finding[]>
  isSearching: Readonly<ShallowRef<boolean>>
  /** Why the server did not answer. */
  failure: Readonly<ShallowRef<unknown>>
}

/** What a reader can go to: pages, plants, PLCs, gateways and metrics. */
export function useFindings(query: Ref<string>, recent: readonly Finding[]): Findings {
  const { t } = useI18n()
  const router = useRouter()
  const live = useLive()
  const { nameOf } = useSiteLookup()
  const { everyday, administration } = useDestinations()
  const { places, isSearching, failure } = usePlaceSearch(() => wordsOf(query.value))

  const pages = computed<Finding[]>(() => {
    const page = (name: string, text: string, detail: string): Finding => ({
      key: `page/${name}`,
      kind: 'page',
      text,
      detail,
      path: router.resolve({ name }).fullPath,
    })
    return [
      ...everyday.value.map(({ name, text }) => page(name, text, '')),
      page('account', t('account.open'), ''),
      ...administration.value.map(({ name, text }) => page(name, text, t('nav.administration'))),
    ]
  })

  const fleetPath = (tenant: string, plant: string): string =>
    router.resolve({ name: 'fleet', query: { tenant, plant } }).fullPath
  const placeText = ({ tenant, site }: { tenant: string; site: string }): string =>
    [...new Set([nameOf({ tenant, site }), site, tenant])].join(' · ')

  function plc(identity: PlcIdentity, name: string | null): Finding {
    const { tenant, site, plcId } = identity
    const place = placeText(identity)
    return {
      key: `plc/${tenant}/${site}/${plcId}`,
      kind: 'plc',
      text: name ?? plcId,
      detail: name === null ? place : `${plcId} · ${place}`,
      path: plcPath(identity),
    }
  }

  function ofServer({ sites, plcs, gateways }: FoundPlaces): Finding[] {
    return [
      ...sites.map(({ tenant, site, name }): Finding => ({
        key: `plant/${tenant}/${site}`,
        kind: 'plant',
        text: name ?? site,
        detail: name === null ? tenant : `${site} · ${tenant}`,
        path: fleetPath(tenant, site),
      })),
      ...plcs.map((each) => plc(each, each.name)),
      ...gateways.map((each): Finding => ({
        key: `gateway/${each.tenant}/${each.gatewayId}`,
        kind: 'gateway',
        text: each.name ?? each.gatewayId,
        detail: `${each.name === null ? '' : `${each.gatewayId} · `}${placeText(each)}`,
        path: fleetPath(each.tenant, each.site),
      })),
    ]
  }

  /** What data has come from: PLCs that are in no answer yet, and the metrics. */
  const heard = computed(() =>
    live.store.roster.value.flatMap((identity) => [
      plc(identity, null),
      ...live.store.plc(identity).cells.value.map(({ metricId }): Finding => ({
        key: `metric/${plcPath(identity, metricId)}`,
        kind: 'metric',
        text: metricId,
        detail: `${identity.plcId} · ${placeText(identity)}`,
        path: plcPath(identity, metricId),
      })),
    ]),
  )

  // While the next answer is on its way the one before still holds for what it fits.
  const found = computed(() =>
    wordsOf(query.value).length === 0
      ? []
      : rank(
          [...recent, ...pages.value, ...heard.value, ...ofServer(places.value)],
          query.value,
          recent,
        ),
  )
  return { found, pages, isSearching, failure }
}
