import { computed, type ComputedRef, type Plugin } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import { compileMessages } from '@/core/i18n/compile-messages'
import en from '@/core/i18n/en.json'
import es from '@/core/i18n/es.json'
import { SECTIONS, type SectionMessages, type SectionName } from '@/core/i18n/sections'
import { LANGUAGES, LOCALE_OF, type Language } from '@/core/preferences/preferences-store'

/** What every page says, and what only some do: a section is fetched with the first page that needs it. */
type AllMessages = typeof es & SectionMessages

export interface Messages {
  plugin: Plugin
  /** Makes the words of some sections ready, in every language. */
  load: (...names: SectionName[]) => Promise<void>
}

export function createMessages(language: Language): Messages {
  const i18n = createI18n<[AllMessages], Language, false>({
    legacy: false,
    locale: language,
    fallbackLocale: 'es',
    // A page comes after its sections, so their words are never missed.
    messages: { es: compiled(es), en: compiled(en) },
  })
  const loaded = new Set<SectionName>()

  async function loadOne(name: SectionName): Promise<void> {
    if (loaded.has(name)) return
    await Promise.all(
      LANGUAGES.map(async (each) => {
        const words = await SECTIONS[name][each]()
        i18n.global.mergeLocaleMessage(each, { [name]: compiled(words.default) })
      }),
    )
    loaded.add(name)
  }

  return {
    plugin: i18n,
    load: async (...names) => {
      await Promise.all(names.map(loadOne))
    },
  }
}

/** The types see the words, vue-i18n the functions made of them. */
function compiled(words: object): AllMessages {
  return compileMessages(words) as unknown as AllMessages
}

/** The locale for numbers and dates in the language on screen. */
export function useNumberLocale(): ComputedRef<string> {
  const { locale } = useI18n()
  return computed(() => LOCALE_OF[locale.value as Language])
}
