import * as v from 'valibot'
import { expect, it } from 'vitest'
import { accountSessionPageSchema } from '@/contract/account'
import { inOrder } from '@/modules/account/use-account-sessions'

const AT = { createdAt: '2025-01-08T10:00:00.000Z', expiresAt: '2025-01-09T10:00:00.000Z' }

it('puts this session first, then the one used last', () => {
  const { items } = v.parse(accountSessionPageSchema, {
    items: [
      { ...AT, id: 'never', current: false, lastUsedAt: null, address: null, userAgent: null },
      { ...AT, id: 'late', current: false, lastUsedAt: '2025-01-08T12:00:00.000Z' },
      { ...AT, id: 'this', current: true, lastUsedAt: '2025-01-08T11:00:00.000Z' },
      { ...AT, id: 'early', current: false, lastUsedAt: '2025-01-08T11:30:00.000Z' },
    ],
    nextCursor: null,
  })
  expect(inOrder(items).map(({ id }) => id)).toEqual(['this', 'late', 'early', 'never'])
})
