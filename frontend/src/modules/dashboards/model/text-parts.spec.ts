import { describe, expect, it } from 'vitest'
import { textParts, toLink } from '@/modules/dashboards/model/text-parts'

describe('toLink', () => {
  it.each([
    ['https://example.com/a?b=1', 'https://example.com/a?b=1'],
    [' http://10.0.0.1:8080 ', 'http://10.0.0.1:8080'],
    ['/plc/granix/planta-1/plc-01', '/plc/granix/planta-1/plc-01'],
    ['//example.com', null],
    ['/\\example.com', null],
    ['/\t/example.com', null],
    ['javascript:alert(1)', null],
    ['JAVASCRIPT:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,hello', null],
    ['https://', null],
    ['example.com', null],
    ['', null],
  ])('%s', (text, link) => {
    expect(toLink(text)).toBe(link)
  })
})

it('makes links of addresses and of nothing else', () => {
  expect(textParts('See https://example.com/a, or <b>ask</b>.')).toEqual([
    { text: 'See ', href: null },
    { text: 'https://example.com/a', href: 'https://example.com/a' },
    { text: ', or <b>ask</b>.', href: null },
  ])
  expect(textParts('no address')).toEqual([{ text: 'no address', href: null }])
  expect(textParts('')).toEqual([])
})
