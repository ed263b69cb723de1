import type { MessageContext, MessageFunction } from 'vue-i18n'

const NAMED = /\{(\w+)\}/g

/**
 * Words as the functions that say them. Messages here are text, `{name}`, and cases of number between
 * bars; the compiler that comes with vue-i18n knows more, and is left out of what is fetched first.
 */
export function compileMessages(words: object): Record<string, object> {
  return Object.fromEntries(
    Object.entries(words).map(([key, word]: [string, unknown]) => [
      key,
      typeof word === 'object' && word !== null ? compileMessages(word) : compile(String(word)),
    ]),
  )
}

function compile(text: string): MessageFunction<string> {
  const cases = text.split(/\s*\|\s*/)
  return ({ named, plural }: MessageContext<string>) =>
    (cases.length > 1 ? plural(cases) : text).replace(NAMED, (_whole, name: string) =>
      textOf(named(name)),
    )
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
