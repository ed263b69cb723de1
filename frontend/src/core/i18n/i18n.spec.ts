import { expect, it } from 'vitest'
import { createMessages, type Messages } from '@/core/i18n/i18n'

function say(messages: Messages, key: string): string {
  const { global } = messages.plugin as unknown as { global: { t: (key: string) => string } }
  return global.t(key)
}

it('has a section in the language on screen, and in another when that is shown', async () => {
  const messages = createMessages('es')
  await messages.load('alarms')
  expect(say(messages, 'alarms.acknowledge')).toBe('Reconocer')
  await messages.show('en')
  expect(say(messages, 'alarms.acknowledge')).toBe('Acknowledge')
  expect(say(messages, 'alarm.none')).toBe('No unacknowledged alarms')
})

it('shows the language that was chosen last', async () => {
  const messages = createMessages('es')
  await Promise.all([messages.show('en'), messages.load('shell'), messages.show('es')])
  expect(say(messages, 'shell.keys.heading')).toBe('Atajos de teclado')
})

it('has the words of a page that was asked for while the language changed', async () => {
  const messages = createMessages('es')
  const loading = messages.load('shell')
  await Promise.all([messages.show('en'), loading])
  expect(say(messages, 'shell.keys.heading')).toBe('Keyboard shortcuts')
})
