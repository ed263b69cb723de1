import { NO_VALUE } from '@/core/format/format-value'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** An amount of room in the largest unit of which there is one, `1,4 GiB`. */
export function bytesText(bytes: number | null, locale: string): string {
  if (bytes === null) return NO_VALUE
  let size = bytes
  let unit = 0
  while (Math.abs(size) >= 1_024 && unit < UNITS.length - 1) {
    size /= 1_024
    unit++
  }
  return `${plain(size, unit === 0 || Math.abs(size) >= 100 ? 0 : 1, locale)} ${UNITS[unit] ?? ''}`
}

/** A short time, `7 ms` or `2,4 s`. */
export function millisText(ms: number | null, locale: string): string {
  if (ms === null) return NO_VALUE
  return ms < 1_000 ? `${plain(ms, 0, locale)} ms` : `${plain(ms / 1_000, 1, locale)} s`
}

/** A part of the whole, `12 %`; what is there is never shown as nothing. */
export function shareText(share: number | null, locale: string): string {
  if (share === null) return NO_VALUE
  if (share > 0 && share < 0.001) return `< ${plain(0.1, 1, locale)} %`
  return `${plain(share * 100, share < 0.1 ? 1 : 0, locale)} %`
}

/** A number as it is, with at most so many decimals, and not grouped. */
export function plain(value: number, decimals: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    useGrouping: false,
    maximumFractionDigits: decimals,
  }).format(value)
}
