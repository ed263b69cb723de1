import { useQueryClient } from '@tanstack/vue-query'
import { computed, reactive, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { ruleSchema, type Rule } from '@/contract/rules'
import { useApi } from '@/core/http/api-client'
import { ApiError, PROBLEM_CODE } from '@/core/http/api-error'
import { useClock } from '@/core/time/clock'
import type { DraftKeeper } from '@/modules/rules/kept-draft'
import {
  differences,
  draftOf,
  faultsOf,
  type DraftFaults,
  type DraftField,
  type RuleDraft,
} from '@/modules/rules/rule-draft'
import { RULES_KEY, RULES_PATH } from '@/modules/rules/use-rules'

const KEEP_AFTER_MS = 300

/** Somebody else saved or removed the rule while it was being edited. */
export interface Conflict {
  base: RuleDraft
  mine: RuleDraft
  /** As it is now; null: it is gone. */
  current: Rule | null
}

export interface RuleEditor {
  draft: RuleDraft
  /** The rule the edit began from; null: it is a new one. */
  began: ShallowRef<Rule | null>
  /** What is wrong here and now, without asking. */
  faults: ComputedRef<DraftFaults>
  /** What the server found wrong with a field, as long as the field stays as it was sent. */
  refusals: ComputedRef<Partial<Record<DraftField, string>>>
  isChanged: ComputedRef<boolean>
  isBusy: ShallowRef<boolean>
  /** Why it was not saved, where that is about no field. */
  failure: ShallowRef<unknown>
  conflict: ShallowRef<Conflict | null>
  /** When the work was kept that was found again, if it was. */
  restoredAt: ShallowRef<number | null>
  /** Saves, and answers the rule if it was taken. */
  save: () => Promise<Rule | null>
  /** Goes on with another draft, from the rule as it is now. */
  rebase: (draft: RuleDraft, current: Rule | null) => void
  /** Throws away what was not saved. */
  discard: () => void
}

export interface RuleEditorOptions {
  initial: RuleDraft
  began: Rule | null
  keeper: DraftKeeper
}

/** One rule being edited; nothing of the work is lost to a conflict, a failure or the end of a session. */
export function useRuleEditor({ initial, began: rule, keeper }: RuleEditorOptions): RuleEditor {
  const api = useApi()
  const clock = useClock()
  const queries = useQueryClient()

  const kept = keeper.read()
  const start = kept?.draft ?? initial
  const draft = reactive({ ...start })
  const began = shallowRef(kept ? kept.began : rule)
  const base = shallowRef(began.value ? draftOf(began.value) : initial)
  /** What is begun from anew when the work is thrown away: not what kept work once began from. */
  let latest = { draft: initial, rule }
  const restoredAt = shallowRef(
    kept && differences(kept.draft, initial).length > 0 ? kept.at : null,
  )
  const isBusy = shallowRef(false)
  const failure = shallowRef<unknown>(null)
  const conflict = shallowRef<Conflict | null>(null)
  const refused = shallowRef<{ sent: RuleDraft; words: Partial<Record<DraftField, string>> }>()

  const isChanged = computed(() => differences(draft, base.value).length > 0)

  watch(
    () => [{ ...draft }, began.value] as const,
    ([now, from], _before, onCleanup) => {
      const timer = setTimeout(() => {
        if (isChanged.value) keeper.write({ at: clock.now(), draft: now, began: from })
        else keeper.forget()
      }, KEEP_AFTER_MS)
      onCleanup(() => {
        clearTimeout(timer)
      })
    },
  )

  function take(next: RuleDraft, from: Rule | null): void {
    Object.assign(draft, next)
    began.value = from
    if (from) {
      base.value = draftOf(from)
      latest = { draft: base.value, rule: from }
    }
    failure.value = null
    refused.value = undefined
    conflict.value = null
    restoredAt.value = null
  }

  async function meetConflict(mine: RuleDraft, id: string): Promise<void> {
    let current: Rule | null = null
    try {
      current = await api.get(`${RULES_PATH}/${id}`, {}, ruleSchema)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error
    }
    conflict.value = { base: base.value, mine, current }
  }

  function refuse(error: unknown, sent: RuleDraft): void {
    const words: Partial<Record<DraftField, string>> = {}
    const fields = error instanceof ApiError ? error.fields : []
    for (const { field, detail } of fields) {
      if (field in sent) words[field as DraftField] ??= detail
    }
    if (Object.keys(words).length > 0) refused.value = { sent, words }
    else failure.value = error
  }

  async function save(): Promise<Rule | null> {
    if (isBusy.value) return null
    const sent = { ...draft }
    const from = began.value
    isBusy.value = true
    failure.value = null
    refused.value = undefined
    try {
      const saved = from
        ? await api.put(`${RULES_PATH}/${from.id}`, { ...sent, version: from.version }, ruleSchema)
        : await api.post(RULES_PATH, sent, ruleSchema)
      take(draftOf(saved), saved)
      keeper.forget()
      await queries.invalidateQueries({ queryKey: RULES_KEY })
      return saved
    } catch (error) {
      const isStale = error instanceof ApiError && error.code === PROBLEM_CODE.staleVersion
      const isGone = error instanceof ApiError && error.status === 404
      try {
        if (from && (isStale || isGone)) await meetConflict(sent, from.id)
        else refuse(error, sent)
      } catch (another) {
        failure.value = another
      }
      return null
    } finally {
      isBusy.value = false
    }
  }

  return {
    draft,
    began,
    faults: computed(() => faultsOf(draft)),
    refusals: computed(() => {
      const words = { ...refused.value?.words }
      if (!refused.value) return words
      for (const field of differences(draft, refused.value.sent)) words[field] = ''
      return words
    }),
    isChanged,
    isBusy,
    failure,
    conflict,
    restoredAt,
    save,
    rebase: take,
    discard: () => {
      base.value = latest.draft
      take(latest.draft, latest.rule)
      keeper.forget()
    },
  }
}
