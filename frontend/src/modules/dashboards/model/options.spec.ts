import { describe, expect, it } from 'vitest'
import { limitBeyond, readOptions, writeOptions } from '@/modules/dashboards/model/options'

describe('readOptions', () => {
  it('has a default for everything', () => {
    const { values, unread } = readOptions('bar', {})
    expect(values).toMatchObject({ min: 0, max: 100, orientation: 'auto', normal: [null, null] })
    expect(unread).toEqual([])
  })

  it('reads what it knows, 64-bit numbers as well', () => {
    const options = { min: -5, max: 9007199254740993n, limits: { h: 80 }, colour: 'red' }
    const { values, unread } = readOptions('bar', options)
    expect(values.max).toBe(9007199254740992)
    expect(values.limits).toEqual({ ll: null, l: null, h: 80, hh: null })
    expect(unread).toEqual([])
  })

  it('says what it does not understand and shows the default of that alone', () => {
    const { values, unread } = readOptions('bar', { min: 'low', max: 50, orientation: 'askew' })
    expect(values).toMatchObject({ min: 0, max: 50, orientation: 'auto' })
    expect(unread).toEqual(['min', 'orientation'])
  })

  it('compares states as texts', () => {
    const map = [{ value: true, text: 'Runs' }, { value: 3 }, { value: 9007199254740993n }]
    expect(readOptions('state_text', { map }).values.map).toEqual([
      { value: 'true', text: 'Runs', abnormal: false },
      { value: '3', text: '', abnormal: false },
      { value: '9007199254740993', text: '', abnormal: false },
    ])
  })
})

describe('writeOptions', () => {
  it('keeps unknown keys, and leaves defaults out', () => {
    const options = { colour: { of: 'another page' }, min: 5, decimals: 2 }
    expect(writeOptions('bar', options, { min: 0, max: 50 })).toEqual({
      colour: { of: 'another page' },
      decimals: 2,
      max: 50,
    })
  })

  it('changes nothing in place', () => {
    const options = { decimals: 2 }
    writeOptions('value', options, { decimals: null })
    expect(options).toEqual({ decimals: 2 })
  })
})

it.each([
  [50, null],
  [80, 'h'],
  [95, 'hh'],
  [20, 'l'],
  [3, 'll'],
] as const)('%i is beyond %s', (value, limit) => {
  expect(limitBeyond(value, { ll: 5, l: 20, h: 80, hh: 90 })).toBe(limit)
  expect(limitBeyond(value, { ll: null, l: null, h: null, hh: null })).toBeNull()
})
