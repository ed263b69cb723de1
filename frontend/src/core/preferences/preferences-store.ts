import { defineStore } from 'pinia'
import { readonly, shallowRef, watch, type ShallowRef } from 'vue'

export const THEMES = ['dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

export const LANGUAGES = ['es', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** The locale that numbers and dates of a language follow. */
export const LOCALE_OF: Readonly<Record<Language, string>> = { es: 'es-AR', en: 'en-GB' }

// public/theme.js reads the same keys before the first paint.
const THEME_KEY = 'vigia.theme'
const LANGUAGE_KEY = 'vigia.language'

function stored<Choice extends string>(
  key: string,
  choices: readonly Choice[],
): Choice | undefined {
  try {
    const value = localStorage.getItem(key)
    return choices.find((choice) => choice === value)
  } catch {
    return undefined
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

interface Preferences {
  theme: Readonly<ShallowRef<Theme>>
  language: Readonly<ShallowRef<Language>>
  setTheme: (next: Theme) => void
  setLanguage: (next: Language) => void
}

/** What the reader chose for this browser. */
export const usePreferences = defineStore('preferences', (): Preferences => {
  const root = document.documentElement
  const theme = shallowRef<Theme>(root.dataset['theme'] === 'light' ? 'light' : 'dark')
  const language = shallowRef<Language>(stored(LANGUAGE_KEY, LANGUAGES) ?? 'es')

  watch(theme, (next) => {
    root.dataset['theme'] = next
    store(THEME_KEY, next)
  })
  watch(
    language,
    (next) => {
      root.lang = LOCALE_OF[next]
    },
    { immediate: true },
  )

  return {
    theme: readonly(theme),
    language: readonly(language),
    setTheme: (next) => {
      theme.value = next
    },
    setLanguage: (next) => {
      language.value = next
      store(LANGUAGE_KEY, next)
    },
  }
})
