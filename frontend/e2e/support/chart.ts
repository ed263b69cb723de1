import { expect, type Locator, type Page } from '@playwright/test'

/** Pixels that are drawn on: an empty chart has next to none. */
export async function inkOf(page: Page): Promise<number> {
  return page.locator('[data-test=chart] canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let ink = 0
    for (let index = 3; index < data.length; index += 4) if (data[index]! > 0) ink++
    return ink
  })
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** Where the plot of the chart is, axes left out. */
export async function plotOf(page: Page): Promise<Box> {
  const plot = page.locator('[data-test=chart] .u-over')
  await expect(plot).toBeVisible()
  return (await plot.boundingBox())!
}

/** What a pen says where the cursor is. */
export function readingOf(page: Page, metricId: string): Locator {
  return page.locator(`[data-pen="${metricId}"] [data-part=readout]`)
}

/** The length of the period in the address, in seconds. */
export function lengthOf(page: Page): number {
  const query = new URL(page.url()).searchParams
  return (Date.parse(query.get('to')!) - Date.parse(query.get('from')!)) / 1_000
}
