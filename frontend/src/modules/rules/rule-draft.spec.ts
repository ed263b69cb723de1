import { expect, it } from 'vitest'
import {
  differences,
  emptyDraft,
  faultsOf,
  reckonable,
  type DraftFaults,
  type RuleDraft,
} from '@/modules/rules/rule-draft'

const GOOD: RuleDraft = { ...emptyDraft(), name: 'temperatures' }

it.each<[Partial<RuleDraft>, DraftFaults]>([
  [{}, {}],
  [{ name: ' ' }, { name: { kind: 'nameMissing' } }],
  [{ name: 'x'.repeat(201) }, { name: { kind: 'nameTooLong' } }],
  [{ tenant: '' }, { tenant: { kind: 'empty' } }],
  [{ metricId: 'a b' }, { metricId: { kind: 'characters', characters: ' ' } }],
  [{ priority: null }, { priority: { kind: 'priority' } }],
  [{ priority: 1.5 }, { priority: { kind: 'priority' } }],
  [{ priority: 1_000_001 }, { priority: { kind: 'priority' } }],
  [{ priority: -1_000_000 }, {}],
  [{ rawRetentionDays: 0 }, { rawRetentionDays: { kind: 'days' } }],
  [{ hourlyRetentionDays: 36_501 }, { hourlyRetentionDays: { kind: 'days' } }],
  [{ rawRetentionDays: 1, hourlyRetentionDays: 36_500 }, {}],
])('says what is wrong with %j', (part, faults) => {
  expect(faultsOf({ ...GOOD, ...part })).toEqual(faults)
})

it('reckons with a draft that has no name yet, and with no other that is wrong', () => {
  expect(reckonable({ ...GOOD, name: '' })).toEqual({ ...GOOD, name: '-' })
  expect(reckonable({ ...GOOD, priority: null })).toBeNull()
  expect(reckonable(GOOD)).toEqual(GOOD)
})

it('names what differs', () => {
  expect(differences(GOOD, { ...GOOD, mode: 'none', priority: 7 })).toEqual(['priority', 'mode'])
})
