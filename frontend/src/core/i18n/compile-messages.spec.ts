import { createI18n } from 'vue-i18n'
import { expect, it } from 'vitest'
import { compileMessages } from '@/core/i18n/compile-messages'

const { t } = createI18n({
  legacy: false,
  locale: 'es',
  messages: {
    es: compileMessages({
      plain: 'Sin datos.',
      named: '{from} a {to}, {from}',
      two: '{count} muestra | {count} muestras',
      three: 'ninguna | una | {count}',
    }),
  },
}).global

it.each([
  [t('plain'), 'Sin datos.'],
  [t('named', { from: 'a', to: 2 }), 'a a 2, a'],
  [t('named', { from: 'a' }), 'a a , a'],
  [t('two', { count: '1' }, 1), '1 muestra'],
  [t('two', { count: '3.600' }, 3_600), '3.600 muestras'],
  [t('two', { count: '0' }, 0), '0 muestras'],
  [t('two', 7), '7 muestras'],
  [t('three', 0), 'ninguna'],
  [t('three', 1), 'una'],
  [t('three', 9), '9'],
])('%s', (said, expected) => {
  expect(said).toBe(expected)
})
