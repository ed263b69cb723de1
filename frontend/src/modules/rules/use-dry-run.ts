import { useQuery, keepPreviousData } from '@tanstack/vue-query'
import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { dryRunSchema, type DryRun } from '@/contract/rules'
import { queryString, useApi } from '@/core/http/api-client'
import { ApiError, PROBLEM_CODE } from '@/core/http/api-error'
import type { RuleDraft } from '@/modules/rules/rule-draft'
import { RULES_PATH } from '@/modules/rules/use-rules'

/** Who types is not asked after for each letter. */
const QUIET_MS = 400
const MAX_RETRIES = 2

export interface DryRunQuery {
  /** Of the draft as it stands, or while that is reckoned as it stood before. */
  run: ComputedRef<DryRun | undefined>
  /** What is shown is not of the draft as it stands. */
  isBehind: ComputedRef<boolean>
  error: ComputedRef<Error | null>
  retry: () => void
}

/** Whether the server has not counted, because another one takes the messages. */
export function isStandby(error: unknown): boolean {
  return error instanceof ApiError && error.code === PROBLEM_CODE.notReady
}

/** What a draft would change, asked for as it is written; null draft: nothing can be reckoned. */
export function useDryRun(
  draft: () => RuleDraft | null,
  replaces: () => string | undefined,
): DryRunQuery {
  const api = useApi()
  const text = computed(() => JSON.stringify(draft()))
  const asked = shallowRef(text.value)
  watch(text, (next, _before, onCleanup) => {
    const timer = setTimeout(() => {
      asked.value = next
    }, QUIET_MS)
    onCleanup(() => {
      clearTimeout(timer)
    })
  })
  const query = useQuery({
    queryKey: computed(() => ['dryRun', replaces(), asked.value]),
    queryFn: ({ signal }) =>
      api.post(
        `${RULES_PATH}/dry-run${queryString({ replaces: replaces() })}`,
        JSON.parse(asked.value) as RuleDraft,
        dryRunSchema,
        signal,
      ),
    enabled: computed(() => asked.value !== 'null'),
    placeholderData: keepPreviousData,
    retry: (failures, error) =>
      failures < MAX_RETRIES && error instanceof ApiError && error.isTransient && !isStandby(error),
    // What came in the last day is another after a while, and so are the other rules.
    staleTime: 10_000,
  })
  return {
    run: computed(() => query.data.value),
    isBehind: computed(
      () => asked.value !== text.value || query.isFetching.value || query.isPlaceholderData.value,
    ),
    error: computed(() => query.error.value),
    retry: () => {
      void query.refetch()
    },
  }
}
