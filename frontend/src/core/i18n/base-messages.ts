import type es from '@/core/i18n/es.json'
import type { Language } from '@/core/preferences/preferences-store'

/** What every page says. */
export type BaseMessages = typeof es

const LOAD: Readonly<Record<Language, () => Promise<{ default: BaseMessages }>>> = {
  es: () => import('@/core/i18n/es.json'),
  en: () => import('@/core/i18n/en.json'),
}

/** What has been fetched of them. */
export const knownMessages = new Map<Language, BaseMessages>()

/** Only the language on screen is fetched; the other one comes when it is chosen. */
export async function fetchMessages(language: Language): Promise<BaseMessages> {
  const messages = knownMessages.get(language) ?? (await LOAD[language]()).default
  knownMessages.set(language, messages)
  return messages
}
