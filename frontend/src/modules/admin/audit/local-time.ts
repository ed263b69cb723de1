import { fromLocalInput, toLocalInput } from '@/core/time/local-input'

/** A field for a time speaks of this device's zone; the address and the server, of an instant. */
export function toField(instant: string): string {
  const ms = Date.parse(instant)
  return toLocalInput(Number.isNaN(ms) ? null : ms)
}

/** The instant a field names, or empty for none. */
export function fromField(text: string): string {
  const ms = fromLocalInput(text)
  return ms === null ? '' : new Date(ms).toISOString()
}
