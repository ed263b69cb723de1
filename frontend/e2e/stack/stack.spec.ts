import { expect } from '@playwright/test'
import { cutContent, findings, test } from '../support/test.ts'

/** Against a running stack whose simulator publishes; nothing is assumed of its names. */

test('live values move', async ({ page }) => {
  await page.goto('/')
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  const values = page.locator('[data-metric][data-state=good] [data-part=value]')
  await expect(values.first()).toBeVisible()
  const before = await values.allTextContents()
  await expect.poll(() => values.allTextContents(), { timeout: 20_000 }).not.toEqual(before)
  expect(await findings(page)).toEqual([])
})

test('a metric has a trend to which live values are added', async ({ page }) => {
  await page.goto('/')
  await page.locator('[data-plc] h3 a').first().click()
  await expect(page.locator('[data-test=chart] canvas')).toBeVisible()
  await expect(page.locator('[data-test=summary]')).toContainText('en vivo', { timeout: 20_000 })
  expect(await findings(page)).toEqual([])
})

for (const width of [360, 820, 1440]) {
  test(`no row runs out of its tile and no number is cut at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 6_000 })
    await page.goto('/')
    await expect(page.locator('[data-metric]').first()).toBeVisible()
    expect(await cutContent(page)).toEqual([])
  })
}
