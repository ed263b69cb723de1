/** A moment as `<input type="datetime-local">` writes it: in the time zone of the reader's device. */
export function toLocalInput(ms: number | null): string {
  if (ms === null) return ''
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [
    String(date.getFullYear()).padStart(4, '0'),
    two(date.getMonth() + 1),
    two(date.getDate()),
  ].join('-')
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}

const WHOLE = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

/** The moment that such a text means; null while it is empty or half written. */
export function fromLocalInput(text: string): number | null {
  const ms = WHOLE.test(text) ? new Date(text).getTime() : Number.NaN
  return Number.isNaN(ms) ? null : ms
}
