import { isKnownTimeZone } from '@/core/time/format-time'

/** Names that browsers still list the old way; the time zone database, and so the server, has them as here. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

let names: string[] | undefined

/** The zones to choose from, as the time zone database names them. */
export function zoneNames(): readonly string[] {
  names ??= [
    ...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map((name) => RENAMED[name] ?? name)]),
  ].sort()
  return names
}

/** The zone of this device, by its name of today. */
export function ownZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return RENAMED[timeZone] ?? timeZone
}

/** The zone that was meant, or null: the server knows names in their own spelling alone, and no offsets. */
export function readZone(text: string): string | null {
  const wanted = text.trim()
  const known = zoneNames().find((name) => name.toLowerCase() === wanted.toLowerCase())
  if (known) return known
  return /^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(wanted) && isKnownTimeZone(wanted) ? wanted : null
}
