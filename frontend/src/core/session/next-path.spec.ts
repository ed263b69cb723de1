import { describe, expect, it } from 'vitest'
import { nextPath, nextQuery } from '@/core/session/next-path'

describe('nextPath', () => {
  it.each([
    '/',
    '/?q=horno&tenant=granix',
    '/plc/granix/planta-1/plc-01?metric=temp_head#top',
    '/plc/granix/planta-1/caldera%202',
  ])('follows %s', (path) => {
    expect(nextPath(path)).toBe(path)
  })

  it.each([
    undefined,
    null,
    ['/a', '/b'],
    '',
    'plc',
    'https://evil.example/',
    'javascript:alert(1)',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n\\evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    ' //evil.example',
  ])('does not follow %j', (path) => {
    expect(nextPath(path)).toBe('/')
  })
})

it('leaves the first page out of the address', () => {
  expect(nextQuery('/')).toEqual({})
  expect(nextQuery('/?q=a')).toEqual({ next: '/?q=a' })
})
