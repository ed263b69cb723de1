import { expect } from '@playwright/test'
import { findings, forgive, logIn, test } from '../support/test.ts'

test('the system page shows what comes in, and goes on', async ({ page, complaints }) => {
  test.slow()
  await logIn(page)
  forgive(complaints, /401/)
  await page.goto('/system')
  const rate = page.locator('[data-test=rate]')
  await expect
    .poll(async () => Number(await rate.textContent()), { timeout: 20_000 })
    .toBeGreaterThan(0)
  const connection = page.locator('[data-connection]').first()
  await expect(connection.getByRole('meter').first()).toHaveAttribute('aria-valuemax', '100')
  await expect(connection).toContainText('aceptada')
  await expect(page.locator('[data-test=database-bytes]')).toContainText(/\d/)
  await expect(page.locator('[data-share-of]').first()).toBeVisible()
  await expect(page.locator('[data-area=certificates] [data-level]').first()).toBeVisible()

  // The trend of the mean rate needs three looks.
  const trend = page.getByRole('img', { name: /media entre consultas/ })
  await expect(trend.locator('path').last()).toHaveAttribute('d', /^M.+L/, { timeout: 20_000 })
  expect(await findings(page)).toEqual([])
})

test('a hidden page asks for nothing', async ({ page, complaints }) => {
  test.slow()
  await logIn(page)
  forgive(complaints, /401/)
  let asked = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/api/admin/system')) asked++
  })
  await page.goto('/system')
  await expect(page.locator('[data-test=board]')).toBeVisible()
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    Object.defineProperty(document, 'hidden', { value: true, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await page.waitForTimeout(1_000)
  const before = asked
  await page.waitForTimeout(12_000)
  expect(asked).toBe(before)
})
