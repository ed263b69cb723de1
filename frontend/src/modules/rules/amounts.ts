import { NO_VALUE } from '@/core/format/format-value'

/** Decimal units, as disks are sold and as the storage guide reckons. */
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
export const DAYS_A_YEAR = 365

function number(value: number, locale: string, options: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(value)
}

/** `1,47 GB`: three digits that count. */
export function formatBytes(bytes: number, locale: string): string {
  const size = Math.abs(bytes)
  // What would round up to a thousand of a unit is one of the next.
  const power = UNITS.findIndex((_, index) => size < 999.5 * 1_000 ** index)
  const at = power < 0 ? UNITS.length - 1 : power
  const options = { maximumSignificantDigits: 3, useGrouping: false }
  return `${number(bytes / 1_000 ** at, locale, options)}\u00a0${UNITS[at] ?? NO_VALUE}`
}

/** `1,47 M`: three digits that count, where there are many. */
export function formatMany(count: number, locale: string): string {
  return Math.abs(count) < 10_000
    ? number(count, locale, { useGrouping: true })
    : number(count, locale, { notation: 'compact', maximumSignificantDigits: 3 })
}

/** With its sign; a real minus, which is as wide as the plus. */
export function withSign(text: string, amount: number): string {
  if (amount === 0) return text
  return amount > 0 ? `+${text}` : `\u2212${text.replace(/^[-\u2212]/, '')}`
}
