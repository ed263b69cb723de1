import { expect, it } from 'vitest'
import { readZone, zoneNames } from '@/core/time/zones'

it.each([
  ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  [' america/argentina/buenos_aires ', 'America/Argentina/Buenos_Aires'],
  ['utc', 'UTC'],
  ['Etc/GMT+3', 'Etc/GMT+3'],
  ['', null],
  ['-03:00', null],
  ['+03:00', null],
  ['America/Planta_1', null],
  ['Buenos Aires', null],
])('reads %j as %j', (text, zone) => {
  expect(readZone(text)).toBe(zone)
})

it('offers the names that the time zone database has today, once each', () => {
  const names = zoneNames()
  expect(names).toContain('America/Argentina/Cordoba')
  expect(names).toContain('UTC')
  expect(names).not.toContain('America/Buenos_Aires')
  expect(new Set(names).size).toBe(names.length)
  expect(names.every((name) => readZone(name) === name)).toBe(true)
})
