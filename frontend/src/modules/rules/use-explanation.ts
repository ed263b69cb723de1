import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { explanationSchema, type Explanation, type SeriesNames } from '@/contract/rules'
import { useApi } from '@/core/http/api-client'
import { isComplete } from '@/modules/rules/series-address'
import { RULES_PATH } from '@/modules/rules/use-rules'

export interface ExplanationQuery {
  explanation: ComputedRef<Explanation | undefined>
  isComplete: ComputedRef<boolean>
  error: ComputedRef<Error | null>
  retry: () => void
}

/** What is kept of a series and why, by the rules as they are now. */
export function useExplanation(series: () => SeriesNames): ExplanationQuery {
  const api = useApi()
  const isWhole = computed(() => isComplete(series()))
  const query = useQuery({
    queryKey: computed(() => ['explain', series()]),
    queryFn: ({ signal }) => {
      const named = Object.entries(series()).filter(([, name]) => name !== '')
      return api.get(`${RULES_PATH}/explain`, Object.fromEntries(named), explanationSchema, signal)
    },
    enabled: isWhole,
    staleTime: 0,
  })
  return {
    explanation: computed(() => (isWhole.value ? query.data.value : undefined)),
    isComplete: isWhole,
    error: computed(() => (isWhole.value ? query.error.value : null)),
    retry: () => {
      void query.refetch()
    },
  }
}
