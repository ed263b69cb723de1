import { expect, it } from 'vitest'
import { passwordFault } from '@/modules/account/password-rules'

const EMAIL = 'ana.ruiz@granix.example'

it.each([
  ['horno tibio 7', null],
  ['12345678901', 'short'],
  ['ñandúes y más', null],
  // Six characters, each of two halves.
  ['🏭🏭🏭🏭🏭🏭', 'short'],
  ['x'.repeat(128), null],
  ['x'.repeat(129), 'long'],
  ['Ana.Ruiz@granix.example', 'email'],
])('%s: %s', (password, fault) => {
  expect(passwordFault(password, EMAIL)).toBe(fault)
})

it('does not take blanks for the e-mail of nobody', () => {
  expect(passwordFault(' '.repeat(12))).toBeNull()
})
