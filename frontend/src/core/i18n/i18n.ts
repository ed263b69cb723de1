import { computed, type ComputedRef, inject, type InjectionKey, type Plugin } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import { fetchMessages, knownMessages, type BaseMessages } from '@/core/i18n/base-messages'
import { SECTIONS, type SectionMessages, type SectionName } from '@/core/i18n/sections'
import { LOCALE_OF, type Language } from '@/core/preferences/preferences-store'

/** What every page says, and what only some do: a section is fetched with the first page that needs it. */
type AllMessages = BaseMessages & SectionMessages

export interface Messages {
  plugin: Plugin
  /** Makes the words of some sections ready, in the language on screen. */
  load: (...names: SectionName[]) => Promise<void>
  /** Fetches the words of a language, those of the sections in use as well, and then shows it. */
  show: (language: Language) => Promise<void>
}

/** Only the language on screen is fetched, the other one when it is chosen. */
export function createMessages(language: Language): Messages {
  const i18n = createI18n<[AllMessages], Language, false>({
    legacy: false,
    locale: language,
    fallbackLocale: 'es',
    // A page comes after its sections, so their words are never missed.
    messages: Object.fromEntries(knownMessages) as Record<Language, AllMessages>,
  })
  const { global } = i18n
  const wanted = new Set<SectionName>()
  const loaded = new Set<string>()
  let chosen = language

  async function loadBase(of: Language): Promise<void> {
    const words = await fetchMessages(of)
    if (loaded.has(of)) return
    loaded.add(of)
    global.mergeLocaleMessage(of, words)
  }

  async function loadSection(of: Language, name: SectionName): Promise<void> {
    const key = `${of}/${name}`
    if (loaded.has(key)) return
    const words = await SECTIONS[name][of]()
    global.mergeLocaleMessage(of, { [name]: words.default })
    loaded.add(key)
  }

  return {
    plugin: i18n,
    load: async (...names) => {
      for (const name of names) wanted.add(name)
      // It may change while its words are on their way.
      let of: Language
      do {
        of = chosen
        await Promise.all(names.map((name) => loadSection(of, name)))
      } while (of !== chosen)
    },
    show: async (next) => {
      chosen = next
      await Promise.all([loadBase(next), ...[...wanted].map((name) => loadSection(next, name))])
      // Another may have been chosen meanwhile, and then that one is shown.
      if (chosen === next) global.locale.value = next
    },
  }
}

export const MESSAGES: InjectionKey<Messages> = Symbol('messages')

/** For what is opened without an address of its own and has a section of words. */
export function useMessages(): Messages {
  const messages = inject(MESSAGES)
  if (!messages) throw new Error('no messages were provided')
  return messages
}

/** The locale for numbers and dates in the language on screen. */
export function useNumberLocale(): ComputedRef<string> {
  const { locale } = useI18n()
  return computed(() => LOCALE_OF[locale.value as Language])
}
