import { expect, it } from 'vitest'
import { bytesText, millisText, shareText } from '@/modules/system/amounts'

it.each([
  [null, '—'],
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1 KiB'],
  [1_500, '1,5 KiB'],
  [4_294_967_296, '4 GiB'],
  [44_345_000_000, '41,3 GiB'],
  [180_355_072, '172 MiB'],
])('%s bytes are %s', (bytes, text) => {
  expect(bytesText(bytes, 'es-AR')).toBe(text)
})

it.each([
  [null, '—'],
  [7, '7 ms'],
  [999, '999 ms'],
  [2_400, '2,4 s'],
  [61_000, '61 s'],
])('%s ms are %s', (ms, text) => {
  expect(millisText(ms, 'es-AR')).toBe(text)
})

it.each([
  [null, '—'],
  [0, '0 %'],
  [0.0001, '< 0,1 %'],
  [0.0123, '1,2 %'],
  [0.797, '80 %'],
  [1, '100 %'],
])('a share of %s is %s', (share, text) => {
  expect(shareText(share, 'es-AR')).toBe(text)
})
