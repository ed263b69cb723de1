import { MAX_PENS, penToken } from '@/core/trend/pen'

/** What a canvas is drawn with, in the colours of the theme on screen. */
export interface ChartStyle {
  pens: readonly string[]
  bad: string
  grid: string
  text: string
  limit: string
  surface: string
}

const FONT_PX = 12

/** Reads the tokens of the theme on screen. */
export function readStyle(element: Element): ChartStyle {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    pens: Array.from({ length: MAX_PENS }, (_, slot) => read(penToken(slot))),
    bad: read('--q-bad'),
    grid: read('--border'),
    text: read('--text-2'),
    limit: read('--text'),
    surface: read('--surface'),
  }
}

/** The font of a canvas that has so many pixels for one of the page. */
export function chartFont(pixelRatio = 1): string {
  return `${String(FONT_PX * pixelRatio)}px "Inter Variable", system-ui, sans-serif`
}
