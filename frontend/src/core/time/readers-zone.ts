/** The time zone of the reader's device: what concerns many plants is told in it. */
export function readersZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
