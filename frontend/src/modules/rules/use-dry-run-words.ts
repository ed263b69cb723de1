import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { DryRun } from '@/contract/rules'
import { formatCount } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import { DAYS_A_YEAR, formatBytes, withSign } from '@/modules/rules/amounts'

export interface DryRunWords {
  /** The room of a year that is added or saved. */
  change: ComputedRef<string>
  verdict: ComputedRef<string>
  touched: ComputedRef<string>
}

/** What a dry run comes to, in words. */
export function useDryRunWords(run: () => DryRun | undefined): DryRunWords {
  const { t } = useI18n()
  const locale = useNumberLocale()
  const yearly = computed(() => (run()?.change.bytes ?? 0) * DAYS_A_YEAR)
  return {
    change: computed(() => withSign(formatBytes(yearly.value, locale.value), yearly.value)),
    verdict: computed(() => {
      if (yearly.value > 0) return t('rules.dryRun.adds')
      return yearly.value < 0 ? t('rules.dryRun.saves') : t('rules.dryRun.same')
    }),
    touched: computed(() => {
      const count = run()?.touched ?? 0
      return t('rules.dryRun.touched', { count: formatCount(count, locale.value) }, count)
    }),
  }
}
