import { computed, type ComputedRef, type Plugin } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import en from '@/core/i18n/en.json'
import es from '@/core/i18n/es.json'
import { LOCALE_OF, type Language } from '@/core/preferences/preferences-store'

type Messages = typeof es

export function createMessages(language: Language): Plugin {
  return createI18n<[Messages], Language, false>({
    legacy: false,
    locale: language,
    fallbackLocale: 'es',
    messages: { es, en },
  })
}

/** The locale for numbers and dates in the language on screen. */
export function useNumberLocale(): ComputedRef<string> {
  const { locale } = useI18n()
  return computed(() => LOCALE_OF[locale.value as Language])
}
