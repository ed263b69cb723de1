import { expect, it } from 'vitest'
import type { Rule } from '@/contract/rules'
import { probeOf, probeOfDefault } from '@/modules/rules/decided-series'
import { emptyDraft } from '@/modules/rules/rule-draft'

function rule(part: Partial<Rule>): Rule {
  const draft = { ...emptyDraft({ tenant: 'granix' }), priority: 100 }
  return { id: 'a', version: 1, createdAt: 0, ...draft, name: 'a', ...part }
}

it('changes what every series would be that the rule decides', () => {
  const { draft, replaces } = probeOf(rule({ mode: 'both' }))
  expect([draft.mode, replaces]).toEqual(['none', 'a'])
  expect(probeOf(rule({ mode: 'none' })).draft.mode).toBe('raw')
})

it('is the weakest there can be for what no rule takes', () => {
  const { draft, replaces } = probeOfDefault('none')
  expect([draft.priority, draft.mode, draft.tenant, replaces]).toEqual([
    -1_000_000,
    'raw',
    '*',
    undefined,
  ])
})
