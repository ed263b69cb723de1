/** Labels of a number axis, and what is to be added to each of them (0: they are whole). */
export interface NumberLabels {
  labels: string[]
  base: number
}

/** From here a number is long enough to look for a shorter way to write it. */
const LONG_FROM = 1e9
/** Beyond these a number has more digits than any axis has room for. */
const WHOLE_BELOW = 1e17
const MAX_SIGNIFICANT = 6
const MAX_DECIMALS = 6

/**
 * Labels that differ from each other. A counter near 2^53 that moved by a few thousand needs all its
 * digits for that; without room for them, the part they have in common is named once (`base`).
 */
export function numberLabels(
  splits: readonly number[],
  locale: string,
  hasRoom: boolean,
): NumberLabels {
  const step = splits.length > 1 ? Math.abs(splits[1]! - splits[0]!) : 1
  const largest = Math.max(...splits.map(Math.abs))
  const significant = Math.ceil(Math.log10(largest / step)) + 1
  if (largest >= LONG_FROM && significant <= MAX_SIGNIFICANT) {
    const format = new Intl.NumberFormat(locale, {
      notation: 'scientific',
      maximumSignificantDigits: MAX_SIGNIFICANT,
    })
    return { labels: splits.map((value) => format.format(value)), base: 0 }
  }
  const base = largest >= (hasRoom ? WHOLE_BELOW : LONG_FROM) ? commonBase(splits) : 0
  const decimals = decimalsOfStep(step)
  const format = new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  return { labels: splits.map((value) => format.format(value - base)), base }
}

/** As many as tell the labels apart exactly: a step of 2.5 needs one. */
function decimalsOfStep(step: number): number {
  let decimals = 0
  while (decimals < MAX_DECIMALS && !isWhole(step * 10 ** decimals)) decimals++
  return decimals
}

function isWhole(value: number): boolean {
  return value >= 1 - 1e-6 && Math.abs(value - Math.round(value)) < 1e-6 * Math.max(1, value)
}

/** A round number below all of them: near, so that what remains is short, and seldom another one. */
function commonBase(splits: readonly number[]): number {
  const lowest = Math.min(...splits)
  const round = 10 ** Math.ceil(Math.log10(Math.max(...splits) - lowest) + 1)
  return Math.floor(lowest / round) * round
}
