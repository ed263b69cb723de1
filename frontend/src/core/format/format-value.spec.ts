import { describe, expect, it } from 'vitest'
import {
  decimalsOf,
  formatCount,
  formatNumber,
  inferDataType,
  isOfType,
} from '@/core/format/format-value'

const ES = 'es-AR'
const EN = 'en'

describe('formatNumber', () => {
  it.each([
    [83.2, 'float', 1, '83,2', '83.2'],
    [83, 'float', 2, '83,00', '83.00'],
    [-0.125, 'float', 3, '-0,125', '-0.125'],
    [12345.6, 'float', 1, '12345,6', '12345.6'],
    [1234, 'int', 0, '1234', '1234'],
    [9007199254740993n, 'int', 0, '9007199254740993', '9007199254740993'],
    [-9223372036854775808n, 'int', 0, '-9223372036854775808', '-9223372036854775808'],
    [123456789012345.6, 'float', 1, '123456789012345,6', '123456789012345.6'],
    [6.02e23, 'float', 1, '6,02E23', '6.02E23'],
    [0.00004, 'float', 3, '4E-5', '4E-5'],
  ] as const)('%s as %s', (value, dataType, decimals, spanish, english) => {
    expect(formatNumber(value, dataType, decimals, ES)).toBe(spanish)
    expect(formatNumber(value, dataType, decimals, EN)).toBe(english)
  })
})

describe('decimalsOf', () => {
  it.each([
    [83.2, 1],
    [83.25, 2],
    [83.251, 2],
    [83, 1],
    [0.125, 3],
    [4321.77, 1],
    [true, 0],
    [null, 0],
  ])('%s', (value, expected) => {
    expect(decimalsOf(value)).toBe(expected)
  })
})

it('groups counts as the language does', () => {
  expect(formatCount(860_000, ES)).toBe('860.000')
  expect(formatCount(860_000, EN)).toBe('860,000')
})

it('knows which values fit a type', () => {
  expect(isOfType(9007199254740993n, 'int')).toBe(true)
  expect(isOfType(83.2, 'int')).toBe(false)
  expect(isOfType(83, 'float')).toBe(true)
  expect(isOfType('83', 'float')).toBe(false)
  expect(isOfType(null, 'bool')).toBe(true)
  expect(inferDataType(false)).toBe('bool')
  expect(inferDataType(1n)).toBe('int')
})
