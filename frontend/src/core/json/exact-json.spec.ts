import { describe, expect, it } from 'vitest'
import { parseExactJson, parseWithLibrary, stringifyExactJson } from '@/core/json/exact-json'

describe('parseExactJson', () => {
  const cases: [text: string, expected: unknown][] = [
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9007199254740991', 9007199254740991],
    ['{"v":9007199254740993,"f":83.2}', { v: 9007199254740993n, f: 83.2 }],
    ['[0.1234567890123456,1e300,42]', [0.1234567890123456, 1e300, 42]],
    ['{"s":"9007199254740993"}', { s: '9007199254740993' }],
    ['{"ts":1736359200000,"ok":true,"none":null}', { ts: 1736359200000, ok: true, none: null }],
  ]
  it.each(cases)('%s', (text, expected) => {
    expect(parseExactJson(text)).toEqual(expected)
    expect(parseWithLibrary(text)).toEqual(expected)
  })

  it('refuses what is not JSON', () => {
    expect(() => parseExactJson('{"v":')).toThrow()
    expect(() => parseExactJson('{"v":12345678901234567')).toThrow()
  })
})

describe('stringifyExactJson', () => {
  it('writes what was read, digit by digit', () => {
    const text = '{"a":[9007199254740993,-9223372036854775808,1.5,null,true],"b":{"ñ\\n\\"":"x"}}'
    expect(stringifyExactJson(parseExactJson(text) as object)).toBe(text)
  })

  it('leaves out what JSON has no word for, as JSON does', () => {
    const value = { a: undefined, b: [undefined, Number.NaN], c: 'x' }
    expect(stringifyExactJson(value)).toBe(JSON.stringify(value))
  })
})
