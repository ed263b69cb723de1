import { expect } from '@playwright/test'
import { cutContent, findings, forgive, logIn, test } from '../support/test.ts'

/** Against a running stack whose simulator publishes; nothing is assumed of its names. */

test.beforeEach(async ({ page, complaints }) => {
  await logIn(page)
  // The browser itself reports that nobody was logged in.
  forgive(complaints, /401/)
})

test('a log-out ends what a log-in began', async ({ page, complaints }) => {
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  await page.locator('[data-test=user]').click()
  await page.locator('[data-test=sign-out]').click()
  await expect(page.locator('[data-test=ending]')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.goto('/')
  await expect(page).toHaveURL('/login')
  forgive(complaints, /401/)
})

test('the API is read and tried on a page of its own', async ({ page }) => {
  await page.goto('/api/docs')
  await expect(page.locator('.opblock').nth(60)).toBeVisible({ timeout: 15_000 })
  const sites = page.locator('#operations-Plants_and_live_state-listSites')
  await sites.locator('.opblock-summary-control').click()
  await sites.getByRole('button', { name: 'Try it out' }).click()
  await sites.getByRole('button', { name: 'Execute' }).click()
  // By the session's cookie: the browser is logged in.
  await expect(
    sites.locator('.live-responses-table tr.response td.response-col_status').first(),
  ).toHaveText(/200/)
})

test('who is invited chooses a password, logs in and changes it', async ({ page, complaints }) => {
  // Three times a password is hashed, on purpose slowly.
  test.slow()
  const email = `turno-${String(Date.now())}@granix.example`
  const link = await page.evaluate(async (email) => {
    const tenants = [{ tenant: 'granix', role: 'operator' }]
    const answer = await fetch('/api/admin/users', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, tenants }),
    })
    return ((await answer.json()) as { passwordLink: { url: string } }).passwordLink.url
  }, email)
  await page.context().clearCookies()

  await page.goto(link)
  await page.locator('[name=new-password]').fill('harina y agua a las 7')
  await page.locator('[name=repeat-password]').fill('harina y agua a las 7')
  await page.locator('[data-test=set-password] [type=submit]').click()
  await expect(page.locator('[data-test=ending]')).toBeVisible()
  await logIn(page, email, 'harina y agua a las 7')
  await expect(page.locator('[data-phase=live]')).toBeVisible()

  await page.goto('/account')
  await expect(page.getByText('Esta sesión')).toBeVisible()
  await page.locator('[name=current-password]').fill('harina y agua a las 7')
  await page.locator('[name=new-password]').fill('leche y miel a las 8')
  await page.locator('[name=repeat-password]').fill('leche y miel a las 8')
  await page.locator('[data-test=password] [type=submit]').click()
  await expect(page.locator('[name=current-password]')).toHaveValue('')
  await page.locator('[data-test=everywhere]').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cerrar todas las sesiones' }).click()
  await expect(page.locator('[data-test=ending]')).toBeVisible()
  await logIn(page, email, 'leche y miel a las 8')
  forgive(complaints, /401/)
})

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
  await expect(page.locator('[data-test=summary]')).toContainText(/muestra|punto/)
  const newest = page.locator('[data-pen] [data-part=present]')
  await expect(newest).toHaveAttribute('data-state', 'good', { timeout: 20_000 })
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
