import { useI18n } from 'vue-i18n'
import { splitAge } from '@/core/time/format-time'

/** Puts an age into the words of the language on screen. */
export function useAgeText(): (ageMs: number) => string {
  const { t } = useI18n()
  return (ageMs) => {
    const age = splitAge(ageMs)
    return age ? t(`age.${age.unit}`, { count: age.count }) : t('age.now')
  }
}
