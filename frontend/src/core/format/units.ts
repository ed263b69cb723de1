/** Unit words as gateways send them, to the symbol a reader expects. Unknown ones are shown as sent. */
const SYMBOLS: Readonly<Record<string, string>> = {
  celsius: '°C',
  fahrenheit: '°F',
  kelvin: 'K',
  percent: '%',
  pct: '%',
  ampere: 'A',
  amp: 'A',
  amps: 'A',
  volt: 'V',
  volts: 'V',
  watt: 'W',
  kw: 'kW',
  kwh: 'kWh',
  mwh: 'MWh',
  hz: 'Hz',
  hertz: 'Hz',
  kpa: 'kPa',
  mpa: 'MPa',
  mbar: 'mbar',
  seconds: 's',
  minutes: 'min',
  hours: 'h',
  liters: 'L',
  litres: 'L',
  l_min: 'L/min',
  lpm: 'L/min',
  m3: 'm³',
  m3h: 'm³/h',
  m3_h: 'm³/h',
  'm3/h': 'm³/h',
  kg_h: 'kg/h',
  t_h: 't/h',
  mm_s: 'mm/s',
  m_s: 'm/s',
  ton: 't',
  tons: 't',
}

export function unitSymbol(unit: string | null): string {
  if (unit === null) return ''
  return SYMBOLS[unit.toLowerCase()] ?? unit
}
