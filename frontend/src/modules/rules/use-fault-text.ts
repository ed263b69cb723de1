import { useI18n } from 'vue-i18n'
import { formatCount } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import { MAX_DAYS, MAX_NAME, type DraftFault } from '@/modules/rules/rule-draft'
import { MAX_PRIORITY } from '@/modules/rules/precedence'

/** Says what is wrong with a field of a rule. */
export function useFaultText(): (fault: DraftFault | undefined) => string | undefined {
  const { t } = useI18n()
  const locale = useNumberLocale()
  return (fault) => {
    if (!fault) return undefined
    switch (fault.kind) {
      case 'characters':
        return t('rules.fault.characters', { characters: visible(fault.characters) })
      case 'nameTooLong':
        return t('rules.fault.nameTooLong', { most: MAX_NAME })
      case 'priority':
        return t('rules.fault.priority', { most: formatCount(MAX_PRIORITY, locale.value) })
      case 'days':
        return t('rules.fault.days', { most: formatCount(MAX_DAYS, locale.value) })
      default:
        return t(`rules.fault.${fault.kind}`)
    }
  }
}

/** A space cannot be seen. */
function visible(characters: string): string {
  return characters === ' ' ? '␣' : characters
}
