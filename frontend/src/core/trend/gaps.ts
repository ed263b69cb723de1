/** A pause this many times the usual one is a gap: nothing was measured, and no line says otherwise. */
const GAP_FACTOR = 4
/** With fewer pauses there is nothing "usual" yet. */
const MIN_PAUSES = 4
/** What is usual shows in the newest ones. */
const MOST_PAUSES = 400
/** Sources that send several times a second are never quite even. */
export const MIN_GAP_MS = 1_500

/**
 * The pause beyond which a line breaks, in ms; infinite while there is too little to judge by. The
 * server marks the gaps of what is stored; this is for the samples that follow it.
 */
export function gapLimit(times: readonly number[]): number {
  const newest = times.slice(-MOST_PAUSES - 1)
  if (newest.length <= MIN_PAUSES) return Infinity
  const pauses = newest.slice(1).map((time, index) => time - newest[index]!)
  pauses.sort((a, b) => a - b)
  const usual = pauses[Math.floor(pauses.length / 2)]!
  return Math.max(MIN_GAP_MS, usual * GAP_FACTOR)
}
