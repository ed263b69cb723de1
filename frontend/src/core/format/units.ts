/** A symbol, or one for each language where readers write it differently. */
type UnitSymbol = string | { readonly es: string; readonly en: string }

const PIECE: UnitSymbol = { es: 'u', en: 'pcs' }

/**
 * Unit words as gateways send them, to the symbol a reader expects. In the singular and in British
 * spelling: `unitSymbol` brings plurals, American spelling, hyphens and blanks to this form, and
 * puts `…_per_…`, `square_…` and `cubic_…` together itself.
 */
const WORDS: Readonly<Record<string, UnitSymbol>> = {
  // Temperature
  celsius: '°C',
  degree_celsius: '°C',
  deg_c: '°C',
  degc: '°C',
  fahrenheit: '°F',
  degree_fahrenheit: '°F',
  deg_f: '°F',
  degf: '°F',
  kelvin: 'K',
  degree: '°',
  deg: '°',
  // Shares
  percent: '%',
  percentage: '%',
  pct: '%',
  part_per_million: 'ppm',
  part_per_billion: 'ppb',
  ph: 'pH',
  // Pressure
  pascal: 'Pa',
  hectopascal: 'hPa',
  kilopascal: 'kPa',
  kpa: 'kPa',
  megapascal: 'MPa',
  mpa: 'MPa',
  millibar: 'mbar',
  pound_per_square_inch: 'psi',
  // Electricity, power, energy
  ampere: 'A',
  amp: 'A',
  milliampere: 'mA',
  milliamp: 'mA',
  volt: 'V',
  millivolt: 'mV',
  kilovolt: 'kV',
  ohm: 'Ω',
  watt: 'W',
  kilowatt: 'kW',
  kw: 'kW',
  megawatt: 'MW',
  watt_hour: 'Wh',
  kilowatt_hour: 'kWh',
  kwh: 'kWh',
  megawatt_hour: 'MWh',
  mwh: 'MWh',
  volt_ampere: 'VA',
  kilovolt_ampere: 'kVA',
  kilovolt_ampere_reactive: 'kvar',
  ampere_hour: 'Ah',
  joule: 'J',
  kilojoule: 'kJ',
  megajoule: 'MJ',
  siemens: 'S',
  microsiemens: 'µS',
  // Frequency, rotation
  hertz: 'Hz',
  hz: 'Hz',
  kilohertz: 'kHz',
  khz: 'kHz',
  megahertz: 'MHz',
  revolution_per_minute: 'rpm',
  // Mass
  milligram: 'mg',
  gram: 'g',
  gramme: 'g',
  kilogram: 'kg',
  kilogramme: 'kg',
  tonne: 't',
  metric_ton: 't',
  ton: 't',
  pound: 'lb',
  // Volume
  millilitre: 'mL',
  litre: 'L',
  hectolitre: 'hL',
  gallon: 'gal',
  m3: 'm³',
  // Length
  micrometre: 'µm',
  micron: 'µm',
  millimetre: 'mm',
  centimetre: 'cm',
  metre: 'm',
  kilometre: 'km',
  inch: 'in',
  inche: 'in',
  foot: 'ft',
  feet: 'ft',
  // Force, sound, light
  newton: 'N',
  kilonewton: 'kN',
  newton_metre: 'N·m',
  decibel: 'dB',
  db: 'dB',
  lumen: 'lm',
  // Time
  microsecond: 'µs',
  millisecond: 'ms',
  second: 's',
  sec: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
  // Things counted
  piece: PIECE,
  pieza: PIECE,
  pcs: PIECE,
  unit: PIECE,
  unidad: PIECE,
  unidade: PIECE,
  // Abbreviations whose bar was lost on the way
  l_min: 'L/min',
  lpm: 'L/min',
  m3h: 'm³/h',
  m3_h: 'm³/h',
  kg_h: 'kg/h',
  t_h: 't/h',
  mm_s: 'mm/s',
  m_s: 'm/s',
}

/** Words that are their own symbol, so that they are known beside `_per_`. */
const AS_WRITTEN = new Set(['bar', 'lux', 'min', 'h', 's', 'rpm', 'ppm', 'kg', 'g', 't', 'm', 'mm'])

const POWERS = [
  ['square_', '²'],
  ['cubic_', '³'],
] as const

/** How the unit is written for readers of the language; one that is not known stays as it was sent. */
export function unitSymbol(unit: string | null, locale: string): string {
  if (unit === null) return ''
  // `mPa` and `mW` are thousandths: their lower case, which stands for millions, is not them.
  if (/^m[A-Z]/.test(unit)) return unit
  const word = unit
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/meter/g, 'metre')
    .replace(/liter/g, 'litre')
  return symbolOf(word, locale.startsWith('es') ? 'es' : 'en') ?? unit
}

function symbolOf(word: string, language: 'es' | 'en'): string | undefined {
  const whole = simpleSymbol(word, language)
  if (whole !== undefined) return whole
  const [above, below, ...rest] = word.split(/_per_|\//)
  if (above === undefined || below === undefined || rest.length > 0) return undefined
  const parts = [powerSymbol(above, language), powerSymbol(below, language)]
  return parts.includes(undefined) ? undefined : parts.join('/')
}

function powerSymbol(word: string, language: 'es' | 'en'): string | undefined {
  const known = simpleSymbol(word, language)
  return known ?? (AS_WRITTEN.has(word) ? word : undefined)
}

function simpleSymbol(word: string, language: 'es' | 'en'): string | undefined {
  for (const [prefix, power] of POWERS) {
    if (!word.startsWith(prefix)) continue
    const base = simpleSymbol(word.slice(prefix.length), language)
    return base === undefined ? undefined : base + power
  }
  const found = lookUp(word) ?? lookUp(word.replace(/(?<!u)s(?=_|$)/g, ''))
  return typeof found === 'object' ? found[language] : found
}

function lookUp(word: string): UnitSymbol | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
}
