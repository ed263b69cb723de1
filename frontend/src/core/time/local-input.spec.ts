import { expect, it } from 'vitest'
import { fromLocalInput, toLocalInput } from '@/core/time/local-input'

it('writes a moment for the field, and reads it back', () => {
  const ms = new Date(2026, 0, 8, 5, 7).getTime()
  expect(toLocalInput(ms)).toBe('2026-01-08T05:07')
  expect(fromLocalInput('2026-01-08T05:07')).toBe(ms)
})

it('takes what is empty or half written for no moment', () => {
  expect(toLocalInput(null)).toBe('')
  expect(fromLocalInput('')).toBeNull()
  expect(fromLocalInput('2026-01')).toBeNull()
  expect(fromLocalInput('2026-01-')).toBeNull()
})
