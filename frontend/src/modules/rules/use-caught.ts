import { useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowReactive, shallowRef, watch, type ShallowRef } from 'vue'
import {
  dryRunSchema,
  MODE,
  type DryRun,
  type Mode,
  type Rule,
  type TouchedSeries,
} from '@/contract/rules'
import { queryString, useApi } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'
import { MIN_PRIORITY } from '@/modules/rules/precedence'
import { takesEverything } from '@/modules/rules/pattern'
import { draftOf, emptyDraft, type RuleDraft } from '@/modules/rules/rule-draft'
import { RULES_PATH, type RuleBook } from '@/modules/rules/use-rules'

/** What holds where no rule matches is counted like a rule. */
export const DEFAULT_ID = 'default'
const FRESH_MS = 60_000

export interface Caught {
  /** Series that the rule's match takes. */
  matched: number
  /** Those of them that no stronger rule takes; unknown of a disabled rule. */
  decided: number | null
  /** Some of those it decides, the busiest first. */
  series: TouchedSeries[]
}

/** The stretch of time in which a series must have sent something to be counted. */
export interface CountedSpan {
  from: number
  to: number
}

export interface CaughtCounts {
  of: (id: string) => Caught | undefined
  /** Of how many series anything came. */
  total: Readonly<ShallowRef<number | null>>
  span: Readonly<ShallowRef<CountedSpan | null>>
  /** Why nothing more is counted. */
  failure: Readonly<ShallowRef<unknown>>
  /** Asks for the count of a rule, unless it is known. */
  want: (id: string) => void
  /** Nobody looks at it any more. */
  forgo: (id: string) => void
  retry: () => void
}

interface Probe {
  draft: RuleDraft
  replaces?: string
}

/** Another mode than this one, so that every series the rule decides for counts as touched. */
function otherThan(mode: Mode): Mode {
  return mode === MODE.none ? MODE.raw : MODE.none
}

/** A draft that is never saved and whose dry run counts what the rule decides. */
export function probeOf(rule: Rule): Probe {
  const draft = draftOf(rule)
  return {
    draft: rule.enabled ? { ...draft, mode: otherThan(rule.mode) } : draft,
    replaces: rule.id,
  }
}

/** The weakest rule there can be: it takes what no other takes. */
export function probeOfDefault({ defaultMode }: RuleBook): Probe {
  const weakest = { name: '-', priority: MIN_PRIORITY, mode: otherThan(defaultMode) }
  return { draft: { ...emptyDraft(), ...weakest } }
}

/** Tells one state of the rules from another, in few letters. */
function digest({ rules, defaultMode }: RuleBook): string {
  let hash = rules.length
  for (const { id, version } of rules) {
    for (const letter of `${id}@${String(version)}`) {
      hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0
    }
  }
  return `${defaultMode} ${String(rules.length)} ${String(hash)}`
}

function caught(run: DryRun, rule: Rule | undefined, isDefaultReached: boolean): Caught {
  if (rule && !rule.enabled) return { matched: run.matched, decided: null, series: [] }
  if (!rule && !isDefaultReached) return { matched: 0, decided: 0, series: [] }
  const decided = run.touched
  return { matched: rule ? run.matched : decided, decided, series: run.series }
}

/**
 * How many series each rule takes and decides. The server counts them rule by rule, so they are asked
 * for one after another, and only for the rules that are looked at.
 */
export function useCaught(book: () => RuleBook | undefined): CaughtCounts {
  const api = useApi()
  const queries = useQueryClient()
  const counts = shallowReactive(new Map<string, Caught>())
  const total = shallowRef<number | null>(null)
  const span = shallowRef<CountedSpan | null>(null)
  const failure = shallowRef<unknown>(null)
  const wanted: string[] = []
  let isAsking = false
  let isGone = false
  onScopeDispose(() => {
    isGone = true
  })

  // What one rule decides depends on all the others.
  const state = computed(() => {
    const known = book()
    return known && digest(known)
  })

  async function count(id: string, known: RuleBook): Promise<void> {
    const rule = known.rules.find((each) => each.id === id)
    if (!rule && id !== DEFAULT_ID) return
    const { draft, replaces } = rule ? probeOf(rule) : probeOfDefault(known)
    const asked = state.value
    const run = await queries.fetchQuery({
      queryKey: ['caught', asked, id],
      queryFn: ({ signal }) =>
        api.post(`${RULES_PATH}/dry-run${queryString({ replaces })}`, draft, dryRunSchema, signal),
      staleTime: FRESH_MS,
      // Who looks can ask again.
      retry: false,
    })
    // Counted by rules that no longer hold: it is asked for again.
    if (state.value !== asked) return
    const isReached = !known.rules.some((each) => each.enabled && takesEverything(each))
    counts.set(id, caught(run, rule, isReached))
    if (!rule) total.value = run.matched
    span.value = { from: run.from, to: run.to }
  }

  function forgo(id: string): void {
    const at = wanted.indexOf(id)
    if (at >= 0) wanted.splice(at, 1)
  }

  async function askOn(): Promise<void> {
    if (isAsking) return
    isAsking = true
    while (!isGone && failure.value === null) {
      const known = book()
      const id = wanted.find((each) => !counts.has(each))
      if (!known || id === undefined) break
      try {
        await count(id, known)
      } catch (error) {
        // A rule that is gone will soon be gone from the list as well.
        if (error instanceof ApiError && error.status === 404) forgo(id)
        else failure.value = error
      }
      if (id !== DEFAULT_ID && !known.rules.some((rule) => rule.id === id)) forgo(id)
    }
    isAsking = false
  }

  watch(state, () => {
    counts.clear()
    void askOn()
  })

  return {
    of: (id) => counts.get(id),
    total,
    span,
    failure,
    want: (id) => {
      if (!wanted.includes(id)) wanted.push(id)
      void askOn()
    },
    forgo,
    retry: () => {
      failure.value = null
      void askOn()
    },
  }
}
