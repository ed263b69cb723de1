import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { countedRulePageSchema, type RuleSeries } from '@/contract/rules'
import { useApi } from '@/core/http/api-client'
import { RULES_KEY, RULES_PATH, type RuleBook } from '@/modules/rules/use-rules'

/** What holds where no rule matches is counted like a rule. */
export const DEFAULT_ID = 'default'
const PAGE_LIMIT = 1_000
/** More rules than these nobody writes. */
const MAX_PAGES = 20

export interface Caught {
  /** Series that the rule's match takes. */
  matched: number
  /** Those of them that no stronger rule takes; unknown of a disabled rule. */
  decided: number | null
}

export interface CaughtCounts {
  of: (id: string) => Caught | undefined
  /** How many series there are. */
  total: ComputedRef<number | null>
  /** There are more series than the server counts. */
  isPartial: ComputedRef<boolean>
  /** Why nothing is counted. */
  failure: ComputedRef<Error | null>
  retry: () => void
}

interface Counts {
  series: ReadonlyMap<string, RuleSeries>
  total: number
  byDefault: number
  isPartial: boolean
}

/**
 * How many series each rule takes and decides. Apart from the list, which need not wait for it; what
 * one rule decides depends on all the others.
 */
export function useCaught(book: () => RuleBook | undefined): CaughtCounts {
  const api = useApi()
  const rules = computed(() => new Map(book()?.rules.map((rule) => [rule.id, rule])))

  async function count(signal: AbortSignal): Promise<Counts> {
    const series = new Map<string, RuleSeries>()
    let cursor: string | undefined
    for (let page = 1; ; page++) {
      const parameters = { counts: 'true', limit: PAGE_LIMIT, cursor }
      const answer = await api.get(RULES_PATH, parameters, countedRulePageSchema, signal)
      for (const rule of answer.items) series.set(rule.id, rule.series)
      if (answer.nextCursor === null || page === MAX_PAGES) {
        const { series: total, byDefault, complete } = answer.counted
        return { series, total, byDefault, isPartial: !complete }
      }
      cursor = answer.nextCursor
    }
  }

  const query = useQuery({
    // With the rules: whoever changes one asks for both anew.
    queryKey: [...RULES_KEY, 'counts'],
    queryFn: ({ signal }) => count(signal),
    staleTime: 0,
  })
  const counts = computed(() => query.data.value)

  return {
    of: (id) => {
      const known = counts.value
      if (!known) return undefined
      if (id === DEFAULT_ID) return { matched: known.byDefault, decided: known.byDefault }
      const found = known.series.get(id)
      return found && (rules.value.get(id)?.enabled ? found : { ...found, decided: null })
    },
    total: computed(() => counts.value?.total ?? null),
    isPartial: computed(() => counts.value?.isPartial ?? false),
    failure: computed(() => (counts.value ? null : query.error.value)),
    retry: () => {
      void query.refetch()
    },
  }
}
