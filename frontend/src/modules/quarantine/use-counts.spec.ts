import { expect, it } from 'vitest'
import type { RejectionCounts } from '@/contract/quarantine'
import { barsOf } from '@/modules/quarantine/use-counts'

const HOUR = 3_600_000

function counts(hours: number, items: [hour: number, total: number][]): RejectionCounts {
  return {
    from: 0,
    to: hours * HOUR - 60_000,
    total: 0,
    kept: 0,
    hasMore: false,
    items: items.map(([hour, total]) => ({
      reason: null,
      gatewayId: null,
      hour: hour * HOUR,
      total,
      kept: total,
    })),
  }
}

it('has a bar for each hour, the empty ones too', () => {
  const bars = barsOf(counts(4, [[1, 5]]), 1)
  expect(bars.map(({ total }) => total)).toEqual([0, 5, 0, 0])
  expect(bars[1]).toEqual({ from: HOUR, to: 2 * HOUR, total: 5 })
})

it('puts hours together', () => {
  const bars = barsOf(
    counts(12, [
      [0, 1],
      [5, 2],
      [6, 4],
      [11, 8],
    ]),
    6,
  )
  expect(bars.map(({ total }) => total)).toEqual([3, 12])
})
