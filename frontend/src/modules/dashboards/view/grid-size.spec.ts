import { expect, it } from 'vitest'
import { GRID_GAP, wallRowHeight } from '@/modules/dashboards/view/grid-size'

it('fills a wall with the rows there are', () => {
  const height = wallRowHeight(9, 1_980)
  expect(9 * height + 8 * GRID_GAP).toBeGreaterThan(1_970)
  expect(9 * height + 8 * GRID_GAP).toBeLessThanOrEqual(1_980)
})

it('makes them neither too low to be read nor too high', () => {
  expect(wallRowHeight(40, 1_300)).toBe(136)
  expect(wallRowHeight(1, 1_300)).toBe(240)
  expect(wallRowHeight(0, 1_300)).toBe(240)
})
