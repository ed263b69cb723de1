import { expect, it } from 'vitest'
import en from '@/core/i18n/en.json'
import es from '@/core/i18n/es.json'

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

it('says everything in both languages', () => {
  expect(keysOf(en)).toEqual(keysOf(es))
})

it('has no message that nobody shows', () => {
  const code = Object.values(SOURCES).join('\n')
  const unused = keysOf(es).filter((key) => {
    const parent = key.slice(0, key.lastIndexOf('.'))
    return !code.includes(`'${key}'`) && !code.includes(`\`${parent}.\${`)
  })
  expect(unused).toEqual([])
})
