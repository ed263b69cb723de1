import type { DataType, MetricValue } from '@/contract/common'

/** Beyond these a plain decimal number has digits it does not know, or is all zeros. */
const EXPONENT_FROM = 1e15
const EXPONENT_BELOW = 1e-3

/** Shown for a value that is not there. */
export const NO_VALUE = '—'

/**
 * How many decimals this float deserves: about four significant digits, and none that only repeat
 * zeros. A tile keeps the highest number seen, so that the decimal point does not jump about.
 */
export function decimalsOf(value: MetricValue): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0
  const size = Math.abs(value)
  const most = size >= 1_000 ? 1 : size >= 1 ? 2 : 3
  for (let decimals = 1; decimals < most; decimals++) {
    if (Number(value.toFixed(decimals)) === value) return decimals
  }
  return most
}

const formatters = new Map<string, Intl.NumberFormat>()

function numberFormatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, options)
    formatters.set(key, formatter)
  }
  return formatter
}

/** Counts in sentences: grouped as the language does it. */
export function formatCount(count: number, locale: string): string {
  return numberFormatter(locale, { useGrouping: true }).format(count)
}

/**
 * A process value: ungrouped, because `1.234` would be a thousand to one reader and one to the
 * next, and with all its digits when it is an integer, 64 bits included.
 */
export function formatNumber(
  value: number | bigint,
  dataType: DataType,
  decimals: number,
  locale: string,
): string {
  if (typeof value === 'bigint' || dataType === 'int') {
    return numberFormatter(locale, { useGrouping: false, maximumFractionDigits: 0 }).format(value)
  }
  const size = Math.abs(value)
  if (size >= EXPONENT_FROM || (size > 0 && size < EXPONENT_BELOW)) {
    return numberFormatter(locale, {
      notation: 'scientific',
      maximumSignificantDigits: 4,
    }).format(value)
  }
  return numberFormatter(locale, {
    useGrouping: false,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value)
}

/** The type a value shows by itself, for messages that do not name it. */
export function inferDataType(value: MetricValue): DataType {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return typeof value === 'bigint' ? 'int' : 'float'
}

/** Whether a value can be of the type; `null` (no value) can be of any. */
export function isOfType(value: MetricValue, dataType: DataType): boolean {
  if (value === null) return true
  if (dataType === 'bool') return typeof value === 'boolean'
  if (dataType === 'string') return typeof value === 'string'
  if (dataType === 'float') return typeof value === 'number' || typeof value === 'bigint'
  return typeof value === 'bigint' || Number.isInteger(value)
}
