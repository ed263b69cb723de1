import { expect, it } from 'vitest'
import { disagreements, merge } from '@/modules/rules/merge-rules'
import { emptyDraft } from '@/modules/rules/rule-draft'

const BASE = { ...emptyDraft(), name: 'temperatures' }

it('proposes for each field who changed it', () => {
  const mine = { ...BASE, mode: 'raw', priority: 200 } as const
  const theirs = { ...BASE, mode: 'none', plant: 'planta-1' } as const
  expect(disagreements(BASE, mine, theirs)).toEqual([
    { field: 'priority', isContested: false, proposed: 'mine' },
    { field: 'plant', isContested: false, proposed: 'theirs' },
    { field: 'mode', isContested: true, proposed: 'mine' },
  ])
})

it('finds nothing where both say the same', () => {
  const same = { ...BASE, mode: 'raw' } as const
  expect(disagreements(BASE, same, { ...same })).toEqual([])
})

it('puts together what was chosen', () => {
  const mine = { ...BASE, mode: 'raw', priority: 200 } as const
  const theirs = { ...BASE, mode: 'none', plant: 'planta-1' } as const
  const merged = merge(mine, theirs, { priority: 'mine', plant: 'theirs', mode: 'theirs' })
  expect(merged).toEqual({ ...BASE, mode: 'none', priority: 200, plant: 'planta-1' })
})
