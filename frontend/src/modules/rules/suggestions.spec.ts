import { expect, it } from 'vitest'
import { emptyDraft } from '@/modules/rules/rule-draft'
import { knownPlaces, suggest } from '@/modules/rules/suggestions'

const KNOWN = knownPlaces(
  [
    { tenant: 'granix', province: 'ba', site: 'planta-1' },
    { tenant: 'granix', province: 'cba', site: 'planta-2' },
    { tenant: 'lacteos', province: 'sf', site: 'rafaela' },
  ],
  [{ tenant: 'granix', province: 'ba', site: 'planta-1', gatewayId: 'gw-01' }],
  [
    { tenant: 'granix', site: 'planta-1', plcId: 'plc-01' },
    { tenant: 'lacteos', site: 'rafaela', plcId: 'caldera-1' },
  ],
  [{ tenant: 'granix', site: 'planta-1', plcId: 'plc-01', metrics: ['level', 'temp_head'] }],
)

it('suggests what there is', () => {
  expect(suggest(KNOWN, 'tenant', emptyDraft())).toEqual(['granix', 'lacteos'])
  expect(suggest(KNOWN, 'metricId', emptyDraft())).toEqual(['level', 'temp_head'])
})

it('suggests nothing that the other fields shut out', () => {
  expect(suggest(KNOWN, 'plant', emptyDraft({ tenant: 'gran*' }))).toEqual(['planta-1', 'planta-2'])
  expect(suggest(KNOWN, 'plcId', emptyDraft({ province: 'sf' }))).toEqual(['caldera-1'])
  expect(suggest(KNOWN, 'tenant', emptyDraft({ gatewayId: 'gw-*', plant: 'rafaela' }))).toEqual([
    'lacteos',
  ])
})

it('is not misled by a field that is not a pattern yet', () => {
  expect(suggest(KNOWN, 'plant', emptyDraft({ tenant: '' }))).toHaveLength(3)
})
