import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { MATCH_FIELDS, MODES, type Mode, type Rule } from '@/contract/rules'

export interface RuleFilter {
  text: string
  /** Empty: any. */
  mode: Mode | ''
}

export interface RuleFilterInUrl {
  filter: ComputedRef<RuleFilter>
  isFiltering: ComputedRef<boolean>
  change: (part: Partial<RuleFilter>) => void
}

/** The filter lives in the address. */
export function useRuleFilter(): RuleFilterInUrl {
  const route = useRoute()
  const router = useRouter()
  const filter = computed<RuleFilter>(() => {
    const { q, mode } = route.query
    return {
      text: typeof q === 'string' ? q : '',
      mode: MODES.find((each) => each === mode) ?? '',
    }
  })
  return {
    filter,
    isFiltering: computed(() => filter.value.text !== '' || filter.value.mode !== ''),
    change: (part) => {
      const { text, mode } = { ...filter.value, ...part }
      void router.replace({
        query: { ...(text !== '' && { q: text }), ...(mode !== '' && { mode }) },
      })
    },
  }
}

/** Whether a rule has the text anywhere in its name or match, and the mode. */
export function isShown(rule: Rule, { text, mode }: RuleFilter): boolean {
  if (mode !== '' && rule.mode !== mode) return false
  const wanted = text.trim().toLocaleLowerCase()
  const texts = [rule.name, ...MATCH_FIELDS.map((field) => rule[field])]
  return wanted === '' || texts.some((each) => each.toLocaleLowerCase().includes(wanted))
}
