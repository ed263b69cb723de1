import { useQueryClient } from '@tanstack/vue-query'
import { shallowRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { ruleSchema, type Rule } from '@/contract/rules'
import { useApi } from '@/core/http/api-client'
import { ApiError, PROBLEM_CODE } from '@/core/http/api-error'
import { useErrorText } from '@/core/ui/use-error-text'
import { useToasts } from '@/core/ui/use-toasts'
import { draftOf } from '@/modules/rules/rule-draft'
import { RULES_KEY, RULES_PATH } from '@/modules/rules/use-rules'

export interface RuleSwitching {
  isBusy: ShallowRef<boolean>
  /** Why it was not switched, in words; empty while nothing failed. */
  failureText: ShallowRef<string>
  flip: () => Promise<void>
}

/** Switches a rule on or off from the list, unless somebody changed it meanwhile. */
export function useRuleSwitch(rule: Readonly<Ref<Rule>>): RuleSwitching {
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const errorText = useErrorText()
  const { t } = useI18n()
  const isBusy = shallowRef(false)
  const failureText = shallowRef('')

  return {
    isBusy,
    failureText,
    flip: async () => {
      const { id, version, name, enabled } = rule.value
      isBusy.value = true
      failureText.value = ''
      try {
        const body = { ...draftOf(rule.value), enabled: !enabled, version }
        await api.put(`${RULES_PATH}/${id}`, body, ruleSchema)
        await queries.invalidateQueries({ queryKey: RULES_KEY })
        toasts.say(t(enabled ? 'rules.switchedOff' : 'rules.switchedOn', { name }))
      } catch (error) {
        const isStale = error instanceof ApiError && error.code === PROBLEM_CODE.staleVersion
        failureText.value = isStale ? t('rules.changedMeanwhile') : errorText(error)
        if (isStale) await queries.invalidateQueries({ queryKey: RULES_KEY })
      } finally {
        isBusy.value = false
      }
    },
  }
}
