import { describe, expect, it } from 'vitest'
import { numberLabels } from '@/core/trend/number-axis'

const COUNTER = [9007199254500000, 9007199255000000, 9007199255500000]

describe('numberLabels', () => {
  it.each([
    [
      [60, 65, 70],
      ['60', '65', '70'],
    ],
    [
      [87.5, 90, 92.5],
      ['87,5', '90,0', '92,5'],
    ],
    [
      [0.1, 0.15, 0.2],
      ['0,10', '0,15', '0,20'],
    ],
    [
      [1e9, 2e9, 3e9],
      ['1E9', '2E9', '3E9'],
    ],
    [
      [-2.5e12, 0, 2.5e12],
      ['-2,5E12', '0E0', '2,5E12'],
    ],
  ])('%j', (splits, labels) => {
    expect(numberLabels(splits, 'es-AR', true)).toEqual({ labels, base: 0 })
  })

  it('writes long integers whole where there is room', () => {
    expect(numberLabels(COUNTER, 'es-AR', true)).toEqual({ labels: COUNTER.map(String), base: 0 })
  })

  it('names what they have in common once where there is none', () => {
    expect(numberLabels(COUNTER, 'es-AR', false)).toEqual({
      labels: ['4500000', '5000000', '5500000'],
      base: 9007199250000000,
    })
  })

  it.each([[COUNTER.map((value) => -value)], [[9.2233720368e18, 9.2233720369e18]]])(
    'labels of %j differ and fit',
    (splits) => {
      const { labels, base } = numberLabels(splits, 'en', false)
      expect(new Set(labels).size).toBe(splits.length)
      expect(base).not.toBe(0)
      expect(Math.max(...labels.map(({ length }) => length))).toBeLessThan(12)
    },
  )
})
