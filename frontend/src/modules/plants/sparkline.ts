/**
 * The path of a sparkline in a box, newest value at the right edge; `null` breaks the line. A flat
 * signal runs through the middle, where it does not look like a limit that was reached.
 */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): string {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value === null) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (values.length < 2 || low > high) return ''
  const step = width / (values.length - 1)
  const scale = high > low ? height / (high - low) : 0
  let path = ''
  let isDrawing = false
  values.forEach((value, index) => {
    if (value === null) {
      isDrawing = false
      return
    }
    const y = scale === 0 ? height / 2 : height - (value - low) * scale
    path += `${isDrawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`
    isDrawing = true
  })
  return path
}
