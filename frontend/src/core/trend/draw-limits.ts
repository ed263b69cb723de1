import type uPlot from 'uplot'
import { formatNumber } from '@/core/format/format-value'
import { chartFont, type ChartStyle } from '@/core/trend/chart-style'

/** A value worth a line across the chart. */
export interface ChartLimit {
  value: number
  name: string
}

const DASH_PX = [2, 4]
const GAP_PX = 4
const MOST_DECIMALS = 3

/** Draws limits over a scale, as far as they lie within its range. */
export function drawLimits(
  chart: uPlot,
  scale: string,
  limits: readonly ChartLimit[],
  style: ChartStyle,
  locale: string,
): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = style.limit
  ctx.lineWidth = ratio
  ctx.setLineDash(DASH_PX.map((px) => px * ratio))
  ctx.font = chartFont(ratio)
  ctx.textAlign = 'right'
  for (const { value, name } of limits) {
    const y = chart.valToPos(value, scale, true)
    if (y < bbox.top || y > bbox.top + bbox.height) continue
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    // Above its line, or below it where there is no room above.
    const isBelow = y - bbox.top < 16 * ratio
    ctx.textBaseline = isBelow ? 'top' : 'bottom'
    const text = `${name} ${formatNumber(value, 'float', decimalsIn(value), locale)}`
    const right = bbox.left + bbox.width - GAP_PX * ratio
    ctx.fillText(text, right, y + (isBelow ? 3 : -2) * ratio)
  }
  ctx.restore()
}

/** As many as somebody wrote. */
function decimalsIn(value: number): number {
  return Math.min(MOST_DECIMALS, String(value).split('.')[1]?.length ?? 0)
}
