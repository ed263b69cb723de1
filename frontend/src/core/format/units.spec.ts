import { describe, expect, it } from 'vitest'
import { unitSymbol } from '@/core/format/units'

const ES = 'es-AR'
const EN = 'en-GB'

describe('unitSymbol', () => {
  it.each([
    ['celsius', '°C'],
    ['degrees_celsius', '°C'],
    ['Fahrenheit', '°F'],
    ['kelvin', 'K'],
    ['bar', 'bar'],
    ['pascals', 'Pa'],
    ['kilopascal', 'kPa'],
    ['percent', '%'],
    ['rpm', 'rpm'],
    ['revolutions_per_minute', 'rpm'],
    ['ampere', 'A'],
    ['amps', 'A'],
    ['volts', 'V'],
    ['watt', 'W'],
    ['kilowatt', 'kW'],
    ['kilowatt_hour', 'kWh'],
    ['kilowatt-hours', 'kWh'],
    ['Kilowatt Hour', 'kWh'],
    ['hertz', 'Hz'],
    ['siemens', 'S'],
    ['kilogram', 'kg'],
    ['gram', 'g'],
    ['tonne', 't'],
    ['tonne_per_hour', 't/h'],
    ['tonnes-per-hour', 't/h'],
    ['kilogram_per_hour', 'kg/h'],
    ['litre', 'L'],
    ['liters', 'L'],
    ['litre_per_minute', 'L/min'],
    ['liters_per_minute', 'L/min'],
    ['cubic_metre', 'm³'],
    ['cubic_meters', 'm³'],
    ['cubic_metre_per_hour', 'm³/h'],
    ['gram_per_square_metre', 'g/m²'],
    ['millimetre', 'mm'],
    ['metre', 'm'],
    ['metre_per_second', 'm/s'],
    ['millimeters_per_second', 'mm/s'],
    ['micrometre', 'µm'],
    ['second', 's'],
    ['minutes', 'min'],
    ['hour', 'h'],
    ['inches', 'in'],
    ['part_per_million', 'ppm'],
    ['m3/h', 'm³/h'],
    ['m3_h', 'm³/h'],
    ['kg/h', 'kg/h'],
    ['kwh', 'kWh'],
    ['mpa', 'MPa'],
  ])('%s is %s', (word, symbol) => {
    expect(unitSymbol(word, ES)).toBe(symbol)
    expect(unitSymbol(word, EN)).toBe(symbol)
  })

  it.each(['piece', 'pieces', 'units', 'unidades', 'pcs'])('%s is counted', (word) => {
    expect(unitSymbol(word, ES)).toBe('u')
    expect(unitSymbol(word, EN)).toBe('pcs')
  })

  it.each([
    'ppm',
    'Nm',
    'u',
    'mPa',
    'mW',
    'sacks_per_shift',
    'hour_per_sack',
    'constructor',
    'a/b/c',
  ])('%s stays as it was sent', (word) => {
    expect(unitSymbol(word, EN)).toBe(word)
  })

  it('of nothing is nothing', () => {
    expect(unitSymbol(null, ES)).toBe('')
  })
})
