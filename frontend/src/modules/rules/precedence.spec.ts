import { expect, it } from 'vitest'
import {
  byPrecedence,
  MAX_PRIORITY,
  placeAmong,
  priorityForStep,
  type Rank,
} from '@/modules/rules/precedence'

function rank(id: string, priority: number, part: Partial<Rank> = {}): Rank {
  return {
    id,
    priority,
    createdAt: 0,
    tenant: '*',
    province: '*',
    plant: '*',
    gatewayId: '*',
    plcId: '*',
    metricId: '*',
    ...part,
  }
}

it('sorts by priority, then exact names, then globs, then the newer', () => {
  const rules = [
    rank('low', 1, { tenant: 'granix', plant: 'planta-1' }),
    rank('any', 100),
    rank('older', 100, { metricId: 'temp_*', createdAt: 1 }),
    rank('newer', 100, { metricId: '*_head', createdAt: 2 }),
    rank('two globs', 100, { metricId: 'temp_*', plcId: 'plc-*' }),
    rank('exact', 100, { metricId: 'temp_head' }),
    rank('high', 200),
  ]
  expect(rules.sort(byPrecedence).map(({ id }) => id)).toEqual([
    'high',
    'exact',
    'two globs',
    'newer',
    'older',
    'any',
    'low',
  ])
})

it('breaks a tie by id, the greater first', () => {
  expect([rank('a', 1), rank('b', 1)].sort(byPrecedence).map(({ id }) => id)).toEqual(['b', 'a'])
})

const OTHERS = [rank('a', 300), rank('b', 200, { metricId: 'temp_head' }), rank('c', 100)]

it('says where a draft lands', () => {
  expect(placeAmong(OTHERS, rank('new', 400))).toBe(0)
  expect(placeAmong(OTHERS, rank('new', 200))).toBe(2)
  expect(placeAmong(OTHERS, rank('new', 100, { createdAt: 9 }))).toBe(2)
  expect(placeAmong(OTHERS, rank('new', 100, { createdAt: -9 }))).toBe(3)
  expect(placeAmong([], rank('new', 100))).toBe(0)
})

it('finds the priority that moves it by one place', () => {
  const newer = (priority: number): Rank => rank('new', priority, { createdAt: 9 })
  // As high as `c` will do: the draft is newer. `b` is narrower, so it must be passed.
  expect(priorityForStep(OTHERS, newer(50), 'up')).toBe(100)
  expect(priorityForStep(OTHERS, newer(100), 'up')).toBe(201)
  expect(priorityForStep(OTHERS, newer(201), 'up')).toBe(300)
  expect(priorityForStep(OTHERS, newer(300), 'up')).toBeNull()
  expect(priorityForStep(OTHERS, newer(300), 'down')).toBe(299)
  expect(priorityForStep(OTHERS, newer(250), 'down')).toBe(200)
  expect(priorityForStep(OTHERS, newer(150), 'down')).toBe(99)
  expect(priorityForStep(OTHERS, newer(99), 'down')).toBeNull()
})

it('does not go beyond what a priority may be', () => {
  const top = [rank('z', MAX_PRIORITY, { metricId: 'level' })]
  expect(priorityForStep(top, rank('new', 1), 'up')).toBeNull()
})
