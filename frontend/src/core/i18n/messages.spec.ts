import { expect, it } from 'vitest'
import en from '@/core/i18n/en.json'
import es from '@/core/i18n/es.json'
import { SECTIONS, type SectionName } from '@/core/i18n/sections'

function keysOf(messages: object, prefix = ''): string[] {
  return Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  )
}

const SOURCES = import.meta.glob<string>(['/src/**/*.{ts,vue}', '!/src/**/*.spec.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

const sections = await Promise.all(
  Object.entries(SECTIONS).map(async ([name, load]) => ({
    name: name as SectionName,
    es: keysOf((await load.es()).default, `${name}.`),
    en: keysOf((await load.en()).default, `${name}.`),
  })),
)
const all = [{ name: 'every page', es: keysOf(es), en: keysOf(en) }, ...sections]

it.each(all)('says everything in both languages: $name', (section) => {
  expect(section.en).toEqual(section.es)
})

it.each(all)('has no message that nobody shows: $name', (section) => {
  const code = Object.values(SOURCES).join('\n')
  const unused = section.es.filter((key) => {
    const parent = key.slice(0, key.lastIndexOf('.'))
    return !code.includes(`'${key}'`) && !code.includes(`\`${parent}.\${`)
  })
  expect(unused).toEqual([])
})

it('has no section that a word of every page hides', () => {
  expect(Object.keys(SECTIONS).filter((name) => name in es)).toEqual([])
})

function textsOf(messages: object): string[] {
  return Object.values(messages).flatMap((value: unknown) =>
    typeof value === 'object' && value !== null ? textsOf(value) : [String(value)],
  )
}

it('says nothing that the compiler of messages does not know', async () => {
  const loaded = Object.values(SECTIONS).flatMap((load) => [load.es(), load.en()])
  const words = [es, en, ...(await Promise.all(loaded)).map((each) => each.default)]
  // Links to other messages, lists, and braces that are meant as such.
  const strange = words.flatMap(textsOf).filter((text) => /@|\{(?!\w+\})|\{\d/.test(text))
  expect(strange).toEqual([])
})
