import { expect, it } from 'vitest'
import {
  canMeet,
  canShareSeries,
  matchesName,
  patternFault,
  unmatchedFields,
  type Match,
} from '@/modules/rules/pattern'

const EVERYTHING: Match = {
  tenant: '*',
  province: '*',
  plant: '*',
  gatewayId: '*',
  plcId: '*',
  metricId: '*',
}

it.each([
  ['', { kind: 'empty' }],
  ['*', null],
  ['temp_*', null],
  ['A-Za-z0.9_:-*', null],
  ['temp head', { kind: 'characters', characters: ' ' }],
  ['ñandú?ñ', { kind: 'characters', characters: 'ñ ú ?' }],
  ['a'.repeat(128), null],
  ['a'.repeat(129), { kind: 'tooLong' }],
])('says what is wrong with %j', (text, fault) => {
  expect(patternFault(text)).toEqual(fault)
})

it.each([
  ['*', 'anything', true],
  ['**', '', true],
  ['temp_head', 'temp_head', true],
  ['temp_head', 'temp_head2', false],
  ['temp_*', 'temp_', true],
  ['temp_*', 'tem', false],
  ['*_head', 'temp_head', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['*a*b*', 'xxaxxbxx', true],
  ['*ab', 'aab', true],
])('%j takes %j: %s', (pattern, name, expected) => {
  expect(matchesName(pattern, name)).toBe(expected)
})

it.each([
  ['*', 'temp_*', true],
  ['temp_*', '*_head', true],
  ['temp_*', 'level', false],
  ['a*b', 'b*a', false],
  ['a*', '*b', true],
  ['plc-0*', 'plc-1*', false],
  ['plc-*1', 'plc-0*', true],
  ['same', 'same', true],
  ['same', 'sam', false],
  ['a**', 'a', true],
  ['*x*', 'ab', false],
  ['a*c', '*b*', true],
])('%j and %j can mean the same name: %s', (a, b, expected) => {
  expect(canMeet(a, b)).toBe(expected)
  expect(canMeet(b, a)).toBe(expected)
})

it('names what a series lacks for a rule', () => {
  const match = { ...EVERYTHING, tenant: 'granix', metricId: 'temp_*' }
  const series: Match = {
    tenant: 'granix',
    province: 'ba',
    plant: 'planta-1',
    gatewayId: 'gw-1',
    plcId: 'plc-01',
    metricId: 'level',
  }
  expect(unmatchedFields(match, series)).toEqual(['metricId'])
  expect(unmatchedFields(match, { ...series, metricId: 'temp_head' })).toEqual([])
  expect(unmatchedFields(EVERYTHING, series)).toEqual([])
})

it('knows which rules can get in the way of each other', () => {
  const temperatures = { ...EVERYTHING, metricId: 'temp_*' }
  expect(canShareSeries(temperatures, { ...EVERYTHING, plcId: 'plc-03' })).toBe(true)
  expect(canShareSeries(temperatures, { ...EVERYTHING, metricId: 'level' })).toBe(false)
})
