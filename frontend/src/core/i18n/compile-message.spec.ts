import { createI18n } from 'vue-i18n'
import { expect, it } from 'vitest'
import en from '@/core/i18n/en.json'
import es from '@/core/i18n/es.json'
import { compileMessage } from '@/core/i18n/compile-message'
import { SECTIONS } from '@/core/i18n/sections'

type Words = Record<string, string>

/** All words of the page by a number each. */
async function allWords(): Promise<Words> {
  const sections = await Promise.all(
    Object.values(SECTIONS).flatMap(({ es: spanish, en: english }) => [spanish(), english()]),
  )
  const texts = [es, en, ...sections.map((section) => section.default)].flatMap(textsOf)
  return Object.fromEntries(texts.map((text, index) => [`w${String(index)}`, text]))
}

function textsOf(words: object): string[] {
  return Object.values(words).flatMap((value: unknown) =>
    typeof value === 'string' ? [value] : textsOf(value as object),
  )
}

const NAMES = new Proxy<Record<string, string>>({}, { get: (_target, name) => `<${String(name)}>` })

it('says all words of the page as the compiler of vue-i18n would', async () => {
  const words = await allWords()
  const options = { legacy: false, locale: 'x', messages: { x: words } } as const
  const own = createI18n({ ...options, messageCompiler: compileMessage }).global
  const theirs = createI18n(options).global
  for (const key of Object.keys(words)) {
    for (const count of [0, 1, 2]) {
      const values = Object.fromEntries(
        [...(words[key] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, NAMES[name!]!]),
      )
      expect(own.t(key, values, count)).toBe(theirs.t(key, values, count))
    }
  }
})

it.each([
  ["a{'@'}b{'|'}c", 'a@b|c'],
  ['{ count } of {total}', '1 of 2'],
  ['one | {count} many', 'one'],
  ['nothing {missing} there', 'nothing  there'],
])('reads %s', (message, expected) => {
  const { t } = createI18n({
    legacy: false,
    locale: 'x',
    messages: { x: { message } },
    messageCompiler: compileMessage,
    missingWarn: false,
  }).global
  expect(t('message', { count: '1', total: '2' }, 1)).toBe(expected)
})
