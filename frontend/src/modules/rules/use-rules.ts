import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { MODE, rulePageSchema, type Mode, type Rule } from '@/contract/rules'
import { useApi, type ApiClient } from '@/core/http/api-client'
import { byPrecedence } from '@/modules/rules/precedence'

export const RULES_PATH = '/api/persist-rules'
export const RULES_KEY = ['persistRules'] as const
const PAGE_LIMIT = 1_000
/** More rules than these nobody writes; a list without an end is not followed for ever. */
const MAX_PAGES = 20

export interface RuleBook {
  /** The stronger first, the disabled ones where they would stand. */
  rules: Rule[]
  /** What holds where no rule matches. */
  defaultMode: Mode
}

async function fetchRules(api: ApiClient, signal: AbortSignal): Promise<RuleBook> {
  const rules: Rule[] = []
  let defaultMode: Mode = MODE.none
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await api.get(RULES_PATH, { limit: PAGE_LIMIT, cursor }, rulePageSchema, signal)
    rules.push(...answer.items)
    defaultMode = answer.defaultMode
    if (answer.nextCursor === null) break
    cursor = answer.nextCursor
  }
  return { rules: rules.sort(byPrecedence), defaultMode }
}

export interface RuleBookQuery {
  book: ComputedRef<RuleBook | undefined>
  isLoading: ComputedRef<boolean>
  /** Set only when there is nothing to show instead. */
  error: ComputedRef<Error | null>
  refetch: () => void
}

/** All rules, for which of them wins depends on all. */
export function useRules(): RuleBookQuery {
  const api = useApi()
  const query = useQuery({
    queryKey: RULES_KEY,
    queryFn: ({ signal }) => fetchRules(api, signal),
    // Somebody else may have changed them since.
    staleTime: 0,
  })
  return {
    book: computed(() => query.data.value),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    refetch: () => {
      void query.refetch()
    },
  }
}
