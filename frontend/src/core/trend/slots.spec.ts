import { describe, expect, it } from 'vitest'
import { metricsOf, readSlots, withMetric, withoutMetric, writeSlots } from '@/core/trend/slots'

describe('pens in the address', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a,,b', ['a', null, 'b']],
    [',b', [null, 'b']],
    ['a,,', ['a']],
    // Somebody wrote it twice, or as a list.
    ['a,b,a', ['a', 'b']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a,b,c,d,e,f,g', ['a', 'b', 'c', 'd', 'e', 'f']],
    [{ a: 1 }, []],
    // Whatever this was meant to be, the server would refuse it.
    ['a,b c,<b>,d', ['a', null, null, 'd']],
  ])('%j', (text, slots) => {
    expect(readSlots(text)).toEqual(slots)
  })

  it.each(['', 'a', 'a,,b', ',,c'])('is read as it was written: "%s"', (text) => {
    expect(writeSlots(readSlots(text))).toBe(text)
  })
})

describe('choosing', () => {
  it('leaves the others their pens', () => {
    const without = withoutMetric(['a', 'b', 'c'], 'b')
    expect(without).toEqual(['a', null, 'c'])
    expect(withMetric(without, 'd')).toEqual(['a', 'd', 'c'])
    expect(metricsOf(without)).toEqual(['a', 'c'])
  })

  it('adds none twice, nor a seventh', () => {
    expect(withMetric(['a'], 'a')).toEqual(['a'])
    const full = ['a', 'b', 'c', 'd', 'e', 'f']
    expect(withMetric(full, 'g')).toEqual(full)
  })

  it('ends with the last pen that draws', () => {
    expect(withoutMetric(['a', null, 'c'], 'c')).toEqual(['a'])
  })
})
