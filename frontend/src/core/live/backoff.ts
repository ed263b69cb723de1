const FIRST_MS = 500
const LONGEST_MS = 15_000

/**
 * The wait before the next try: doubling, capped, and with half of it random, so that a thousand
 * tablets do not come back in the same instant after a restart of the server.
 */
export function reconnectDelay(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
