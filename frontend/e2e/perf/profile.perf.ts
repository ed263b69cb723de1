import { writeFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { PerfServer } from './server.ts'
import { DASHBOARD_PATH, TILES, TRENDS } from './world.ts'
test('profile', async ({ page }) => {
  const server = new PerfServer()
  const address = await server.start()
  await page.setViewportSize({ width: 1440, height: Number(process.env['H'] ?? 900) })
  await page.goto(address + DASHBOARD_PATH)
  await expect(page.locator('[data-widget]')).toHaveCount(TILES + TRENDS)
  await expect(page.locator('[data-test=pen-chart] canvas').first()).toBeVisible()
  const cdp = await page.context().newCDPSession(page)
  server.stream(5, Number(process.env['M'] ?? 1))
  await page.waitForTimeout(6000)
  await cdp.send('Profiler.enable')
  await cdp.send('Profiler.setSamplingInterval', { interval: 200 })
  await cdp.send('Profiler.start')
  await page.waitForTimeout(10000)
  const { profile } = await cdp.send('Profiler.stop')
  writeFileSync('/tmp/dash/profile.json', JSON.stringify(profile))
  server.stop()
})
