import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { dryRunSchema, MODE, type SeriesNames } from '@/contract/rules'
import { useApi } from '@/core/http/api-client'
import { MAX_PRIORITY } from '@/modules/rules/precedence'
import { emptyDraft } from '@/modules/rules/rule-draft'
import { isIdentifier } from '@/modules/rules/series-address'
import { RULES_PATH } from '@/modules/rules/use-rules'

export interface Speakers {
  /** The gateways that sent the series lately, the busiest first. */
  gatewayIds: ComputedRef<readonly string[]>
  isAsking: ComputedRef<boolean>
  /** Nothing of the series came lately, or nobody can tell. */
  isUnknown: ComputedRef<boolean>
}

/**
 * By which gateways a series comes. Rules match gateways, but a PLC's page knows of none: a dry run of
 * a rule for just this series names them.
 */
export function useSpeakers(series: () => SeriesNames): Speakers {
  const api = useApi()
  const wanted = computed(() => {
    const { tenant, site, plcId, metricId } = series()
    return { tenant, plant: site, plcId, metricId }
  })
  const isWanted = computed(
    () => series().gatewayId === '' && Object.values(wanted.value).every(isIdentifier),
  )
  const query = useQuery({
    queryKey: computed(() => ['speakers', wanted.value]),
    queryFn: async ({ signal }) => {
      // Only a series whose mode would change is named, so it is tried with two.
      for (const mode of [MODE.none, MODE.raw]) {
        const draft = { ...emptyDraft(wanted.value), name: '-', priority: MAX_PRIORITY, mode }
        const run = await api.post(`${RULES_PATH}/dry-run`, draft, dryRunSchema, signal)
        if (run.series.length > 0) return [...new Set(run.series.map((each) => each.gatewayId))]
      }
      return []
    },
    enabled: isWanted,
    retry: false,
  })
  return {
    gatewayIds: computed(() => query.data.value ?? []),
    isAsking: computed(() => query.isFetching.value),
    isUnknown: computed(
      () => isWanted.value && !query.isFetching.value && !query.data.value?.length,
    ),
  }
}
