import { expect, it } from 'vitest'
import { fromField, toField } from '@/modules/admin/audit/local-time'

it('reads what it writes, to the minute', () => {
  const instant = '2025-01-08T18:05:00.000Z'
  expect(toField(instant)).toMatch(/^2025-01-0[789]T\d\d:\d5$/)
  expect(fromField(toField(instant))).toBe(instant)
})

it.each(['', 'ayer'])('makes nothing of %j', (text) => {
  expect(toField(text)).toBe('')
  expect(fromField(text)).toBe('')
})
