import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { matchingPageSchema, type Matching } from '@/contract/quarantine'
import { useApi } from '@/core/http/api-client'
import { REJECTIONS_KEY } from '@/modules/quarantine/use-bulk'
import { REJECTIONS_PATH } from '@/modules/quarantine/use-counts'
import { parametersOf, type RejectionFilter } from '@/modules/quarantine/use-rejection-filter'

/** How many entries match, on all pages; asked apart from the list, which need not wait for it. */
export function useMatching(filter: () => RejectionFilter): ComputedRef<Matching | undefined> {
  const api = useApi()
  const query = useQuery({
    queryKey: computed(() => [REJECTIONS_KEY, 'matching', parametersOf(filter())]),
    queryFn: ({ signal }) => {
      const parameters = { ...parametersOf(filter()), limit: 1, count: 'true' }
      return api.get(REJECTIONS_PATH, parameters, matchingPageSchema, signal)
    },
  })
  return computed(() => query.data.value?.matching)
}
