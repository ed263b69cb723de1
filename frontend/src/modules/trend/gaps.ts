/** A pause this many times the usual one is a gap: nothing was measured, and no line says otherwise. */
const GAP_FACTOR = 4
/** With fewer intervals there is nothing "usual" yet. */
const MIN_INTERVALS = 4
/** Sources that send several times a second are never quite even. */
const MIN_GAP_SECONDS = 1.5

/** The pause beyond which a line breaks, in seconds; infinite while there is too little to judge by. */
export function gapLimit(times: readonly number[]): number {
  if (times.length <= MIN_INTERVALS) return Infinity
  const intervals = times.slice(1).map((time, index) => time - times[index]!)
  intervals.sort((a, b) => a - b)
  const median = intervals[Math.floor(intervals.length / 2)]!
  return Math.max(MIN_GAP_SECONDS, median * GAP_FACTOR)
}

/** The places (index of the sample after it) where a gap lies. */
export function findGaps(times: readonly number[], limit: number): number[] {
  const gaps: number[] = []
  for (let index = 1; index < times.length; index++) {
    if (times[index]! - times[index - 1]! > limit) gaps.push(index)
  }
  return gaps
}
