import { readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { lengthOf, plotOf, readingOf } from '../support/chart.ts'
import { findPlc } from '../support/stack-plc.ts'
import { findings, forgive, logIn, test } from '../support/test.ts'

/** Against a running stack whose simulator publishes; nothing is assumed of its names. */

test.beforeEach(async ({ page, complaints }) => {
  await logIn(page)
  // The browser itself reports that nobody was logged in.
  forgive(complaints, /401/)
})

test('a plant and its gateway tell of themselves, live', async ({ page }) => {
  // A heartbeat comes every fifteen seconds.
  test.slow()
  await page.goto('/')
  await expect(page.locator('[data-test=counts] [data-count=online]')).toBeVisible()
  const plant = page
    .locator('[data-plant]', { has: page.locator('[data-gateway][data-status=online]') })
    .first()
  await plant.locator('h2 a').click()
  await expect(page).toHaveURL(/\/plant\//)
  await expect(page.locator('[data-test=plant-state]')).toHaveText(/desde/)
  await expect(page.locator('[data-plc]').first()).toBeVisible()
  const card = page.locator('[data-gateway][data-status=online]').first()
  await expect(card.locator('[data-field=version] dd')).toHaveText(/\d/)
  expect(await findings(page)).toEqual([])

  await card.locator('h3 a').click()
  await expect(page).toHaveURL(/\/gateway\//)
  await expect(page.locator('[data-test=gateway-state]')).toHaveText(/En línea\s*desde/)
  for (const field of [
    'uptime',
    'internet',
    'plcLink',
    'bufferMode',
    'queued',
    'clockSkew',
    'missingSeq',
  ]) {
    await expect(page.locator(`[data-field=${field}] dd`).first()).toHaveText(/[\p{L}\d]/u)
  }
  expect(await findings(page)).toEqual([])
  const beat = page.locator('[data-test=heard] span > span').last()
  const before = (await beat.textContent())!.slice(0, 20)
  await expect(beat).not.toContainText(before, { timeout: 40_000 })

  // And back by the breadcrumb.
  await page.locator('[data-test=breadcrumb] a').last().click()
  await expect(page).toHaveURL(/\/plant\//)
})

test('another plant is one menu away', async ({ page }) => {
  await page.goto('/alarms')
  await page.locator('[data-menu=plant]').click()
  const choice = page.locator('[data-places=plant] [data-choice]').first()
  const key = await choice.getAttribute('data-choice')
  await choice.click()
  await expect(page).toHaveURL(`/plant/${String(key)}`)
})

test('two metrics share a chart, and zooming finds the right resolution', async ({ page }) => {
  test.slow()
  const { path, metrics, isOfBuckets } = await findPlc(page)
  await page.goto(`${path}?metric=${metrics[0]}&range=24h`)
  const summary = page.locator('[data-test=summary]')
  await expect(summary).toHaveText(/\d+ (muestras|puntos)/)
  await page.locator(`[data-toggle="${metrics[1]}"]`).click()
  await expect(page.locator('[data-pen]')).toHaveCount(2)
  await expect(page).toHaveURL(new RegExp(`metric=${metrics.join(',')}&range=24h`))
  await expect(summary).toContainText(isOfBuckets ? 'Media con mín. y máx. de' : 'una por una')
  const whole = await samplesOf(page)
  expect(whole).toBeGreaterThan(10)
  expect(await findings(page)).toEqual([])

  // The newest minutes, one by one.
  const plot = await plotOf(page)
  await page.keyboard.down('Shift')
  await page.mouse.move(plot.x + plot.width * 0.98, plot.y + plot.height / 2)
  await page.mouse.down()
  await page.mouse.move(plot.x + plot.width, plot.y + plot.height / 2, { steps: 3 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await expect(page).toHaveURL(/from=.*&to=/)
  expect(lengthOf(page)).toBeLessThan(3_600)
  await expect(summary).toContainText('una por una')
  await expect(summary).not.toContainText('Media con')
  const part = await samplesOf(page)
  expect(part).toBeGreaterThan(10)
  // A stack that was just started has no more than these, and meanwhile some more.
  if (isOfBuckets) expect(part).toBeLessThan(whole)

  // What is read is what the server has.
  await page.mouse.move(plot.x + plot.width * 0.985, plot.y + plot.height / 2)
  await expect(page.locator('[data-test=readout-time]')).toHaveText(/\d\d:\d\d:\d\d/)
  await expect(readingOf(page, metrics[0])).toHaveText(/\d/)

  // A link shows the same.
  const address = page.url()
  await page.goto('/')
  await page.goto(address)
  await expect(page.locator('[data-pen]')).toHaveCount(2)
  await expect.poll(async () => (await samplesOf(page)) >= part).toBe(true)
  await page.locator('[data-test=live]').click()
  await expect(page).not.toHaveURL(/from=/)

  await page.getByRole('button', { name: '24 h', exact: true }).click()
  await expect(page).toHaveURL(/range=24h/)
  // Dragged: as long as before, earlier, and what was not there yet is fetched.
  await expect(summary).toContainText(isOfBuckets ? 'Media con mín. y máx. de' : 'una por una')
  const fetched = page.waitForResponse(/\/api\/telemetry\//)
  const day = await plotOf(page)
  const height = day.y + day.height / 2
  await page.mouse.move(day.x + day.width * 0.3, height)
  await page.mouse.down()
  await page.mouse.move(day.x + day.width * 0.8, height, { steps: 4 })
  await page.mouse.up()
  expect((await fetched).ok()).toBe(true)
  await expect(page).toHaveURL(/from=.*&to=/)
  expect(Math.abs(lengthOf(page) - 86_400)).toBeLessThanOrEqual(1)
  const to = Date.parse(new URL(page.url()).searchParams.get('to')!)
  expect(Date.now() - to).toBeGreaterThan(10 * 3_600_000)
})

async function samplesOf(page: Page): Promise<number> {
  const text = (await page.locator('[data-test=summary]').textContent())!
  const counts = [...text.matchAll(/([\d.]+) muestras?/g)]
  return counts.reduce((sum, [, count]) => sum + Number(count!.replaceAll('.', '')), 0)
}

test('what is seen is saved as CSV, and so are the samples', async ({ page }) => {
  const { path, metrics } = await findPlc(page)
  const to = Date.now() - 30_000
  const query = { from: new Date(to - 60_000).toISOString(), to: new Date(to).toISOString() }
  await page.goto(`${path}?metric=${metrics.join(',')}&from=${query.from}&to=${query.to}`)
  await expect(page.locator('[data-test=summary]')).toContainText('una por una')
  const saved = async (button: string): Promise<{ name: string; lines: string[] }> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator(`[data-test=${button}]`).click(),
    ])
    const text = readFileSync(await download.path(), 'utf8')
    return { name: download.suggestedFilename(), lines: text.trim().split(/\r?\n/) }
  }
  const count = await samplesOf(page)
  const seen = await saved('csv-seen')
  expect(seen.name).toMatch(/\.csv$/)
  expect(seen.lines[0]).toMatch(/^start,metricId,value,quality/)
  expect(seen.lines).toHaveLength(count + 1)

  const samples = await saved('csv-samples')
  expect(samples.name).toMatch(/\.csv$/)
  expect(samples.lines[0]).toBe('ts,metricId,value,quality,unit,dataType')
  expect(samples.lines).toHaveLength(count + 1)
  // Both say the same of the same moment.
  const [ts, metricId, value] = samples.lines[1]!.split(',')
  const same = seen.lines.find((line) => line.startsWith(`${ts!},${metricId!},`))
  expect(Number(same?.split(',')[2])).toBe(Number(value))
})

for (const width of [360, 820, 1440]) {
  test(`nothing runs over the edge at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 })
    const { path, metrics } = await findPlc(page)
    const plant = path.split('/').slice(2, 4).join('/')
    for (const address of [
      '/?view=compact',
      `/plant/${plant}`,
      `${path}?metric=${metrics.join(',')}`,
    ]) {
      await page.goto(address)
      await expect(page.locator('[data-status], [data-metric]').first()).toBeVisible()
      await page.waitForTimeout(500)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, address).toBeLessThanOrEqual(0)
    }
  })
}
