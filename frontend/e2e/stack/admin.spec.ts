import { expect, type Page } from '@playwright/test'
import { choose, findings, forgive, logIn, test } from '../support/test.ts'

/**
 * People, plants, keys and what the log says of them, against a running stack. Everything made here is
 * named after the moment and removed again.
 */

const PASSWORD = 'harina y agua a las 7'

let mark: string

test.beforeEach(async ({ page, complaints }) => {
  mark = `adm-${String(Date.now())}`
  await logIn(page)
  // The browser itself reports that nobody was logged in.
  forgive(complaints, /401/)
})

/** Two tenants from whose PLCs something is heard. */
async function someTenants(page: Page): Promise<[string, string]> {
  const answer = await page.request.get('/api/sites')
  const { items } = (await answer.json()) as { items: { tenant: string; plcs: number }[] }
  const [first, second] = new Set(items.filter(({ plcs }) => plcs > 0).map(({ tenant }) => tenant))
  return [first!, second!]
}

/** Invites somebody and tells the link, as a path of this address. */
async function invite(page: Page, email: string, tenant: string, role: string): Promise<string> {
  await page.goto('/users')
  await page.locator('[data-test=invite]').click()
  await page.locator('dialog [name=email]').fill(email)
  await page.locator('dialog [name=add-tenant]').selectOption(tenant)
  await page.locator(`[data-role-of="${tenant}"] select`).selectOption(role)
  await page.locator('dialog [type=submit]').click()
  const link = await page.locator('[name=password-link]').inputValue()
  await expect(page.locator('[data-test=holds]')).toContainText('7 días')
  await page.locator('[data-test=copy]').click()
  await page.locator('[data-test=done]').click()
  const { pathname, hash } = new URL(link)
  return pathname + hash
}

async function choosePassword(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.locator('[name=new-password]').fill(PASSWORD)
  await page.locator('[name=repeat-password]').fill(PASSWORD)
  await page.locator('[data-test=set-password] [type=submit]').click()
  await expect(page.locator('[data-test=ending]')).toBeVisible()
}

async function removeUser(page: Page, email: string): Promise<void> {
  await page.goto(`/users?search=${encodeURIComponent(email)}`)
  await page.locator(`[data-user="${email}"] [data-test=delete]`).click()
  await page.locator('[data-test=confirm] button').last().click()
  await expect(page.locator(`[data-user="${email}"]`)).toHaveCount(0)
}

test('who is invited comes in, sees one tenant, and is shut out when removed', async ({
  page,
  browser,
}) => {
  test.slow()
  const [tenant, other] = await someTenants(page)
  const email = `${mark}@vigia.example`
  const link = await invite(page, email, tenant, 'viewer')

  const guest = await (await browser.newContext()).newPage()
  await choosePassword(guest, link)
  await logIn(guest, email, PASSWORD)
  await expect(guest.locator('[data-plc]').first()).toBeVisible()
  const plcs = await guest
    .locator('[data-plc]')
    .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-plc') ?? ''))
  expect(plcs.every((plc) => plc.startsWith(`${tenant}/`))).toBe(true)
  await expect(guest.getByText(other, { exact: true })).toHaveCount(0)
  await guest.goto('/users')
  await expect(guest.locator('[data-test=forbidden]')).toBeVisible()

  await page.goto(`/users?search=${mark}`)
  await expect(page.locator('[data-user]')).toHaveCount(1)
  await expect(page.locator(`[data-user="${email}"] time`)).toBeVisible()
  await removeUser(page, email)
  await guest.goto('/')
  await expect(guest).toHaveURL(/\/login/)
  await guest.context().close()

  await page.goto('/audit?action=user.delete')
  await expect(page.locator('[data-part=sentence]').first()).toContainText(email)
})

test('a tenant’s own admin manages that tenant and hears of no other', async ({
  page,
  browser,
}) => {
  test.slow()
  const [tenant, other] = await someTenants(page)
  const email = `${mark}-jefa@vigia.example`
  const link = await invite(page, email, tenant, 'tenant_admin')
  const guest = await (await browser.newContext()).newPage()
  await choosePassword(guest, link)
  await logIn(guest, email, PASSWORD)
  for (const address of [
    '/users',
    '/plants',
    '/plants?view=gateways',
    '/plants?view=plcs',
    '/audit',
  ]) {
    await guest.goto(address)
    await expect(guest.locator('table, [data-entry], [data-test=empty]').first()).toBeVisible()
    await expect(guest.locator('main')).not.toContainText(other)
  }
  const own = `${mark}-suya@vigia.example`
  await guest.goto('/users')
  await guest.locator('[data-test=invite]').click()
  await expect(guest.locator(`[data-role-of="${tenant}"]`)).toBeVisible()
  await guest.locator('dialog [name=email]').fill(own)
  await guest.locator('dialog [type=submit]').click()
  await expect(guest.locator('[name=password-link]')).toBeVisible()
  await guest.locator('[data-test=copy]').click()
  await guest.locator('[data-test=done]').click()

  // A new link for somebody of hers, and another role.
  const row = guest.locator(`[data-user="${own}"]`)
  await row.locator('[data-test=new-link]').click()
  await guest.locator('[data-test=confirm] button').last().click()
  await expect(guest.locator('[data-test=holds]')).toContainText('24 horas')
  await guest.locator('[data-test=copy]').click()
  await guest.locator('[data-test=done]').click()
  await row.locator('[data-test=edit]').click()
  await guest.locator(`[data-role-of="${tenant}"] select`).selectOption('operator')
  await guest.locator('dialog [type=submit]').click()
  await expect(row).toContainText('Operación')
  await removeUser(guest, own)
  await guest.context().close()
  await removeUser(page, email)
})

test('a key opens its tenant until it is revoked', async ({ page, playwright, baseURL }) => {
  const [tenant] = await someTenants(page)
  await page.goto('/api-keys')
  await page.locator('[data-test=add-key]').click()
  await page.locator('dialog [name=name]').fill(mark)
  await page.locator('dialog [name=key-tenant]').selectOption(tenant)
  await page.locator('dialog [name=lasts]').selectOption('30')
  await page.locator('dialog [type=submit]').click()
  const token = await page.locator('[name=api-key]').inputValue()
  await page.locator('[data-test=copy]').click()
  await page.locator('[data-test=done]').click()

  const program = await playwright.request.newContext({
    baseURL: baseURL!,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  })
  const answer = await program.get('/api/sites')
  expect(answer.status()).toBe(200)
  const { items } = (await answer.json()) as { items: { tenant: string }[] }
  expect(items.length).toBeGreaterThan(0)
  expect(items.every((site) => site.tenant === tenant)).toBe(true)
  expect((await program.get('/api/admin/users')).status()).toBe(403)

  await page.reload()
  const row = page.locator(`[data-key="${mark}"]`)
  await expect(row).toContainText('Vence pronto')
  await row.locator('[data-test=revoke]').click()
  await page.locator('[data-test=confirm] button').last().click()
  await expect(row).toHaveCount(0)
  expect((await program.get('/api/sites')).status()).toBe(401)
  await program.dispose()

  await page.goto('/audit?action=api_key.revoke')
  await expect(page.locator('[data-part=sentence]').first()).toContainText(mark)
})

test('a plant and its gateway are made, changed by two, moved and removed', async ({
  page,
  browser,
  complaints,
}) => {
  test.slow()
  const [tenant] = await someTenants(page)
  for (const site of [`${mark}-a`, `${mark}-b`]) {
    await page.goto('/plants')
    await page.locator('[data-test=add]').click()
    await page.locator('dialog [name=plant-tenant]').selectOption(tenant)
    await page.locator('dialog [name=site]').fill(site)
    await page.locator('dialog [name=province]').fill('ba')
    await page.locator('dialog [type=submit]').click()
    await expect(page.locator(`[data-plant="${tenant}/${site}"]`)).toBeVisible()
  }

  // Two people open the same plant.
  const plant = page.locator(`[data-plant="${tenant}/${mark}-a"]`)
  const other = await (await browser.newContext()).newPage()
  await logIn(other)
  await other.goto(`/plants?search=${mark}`)
  await other.locator(`[data-plant="${tenant}/${mark}-a"] [data-test=edit]`).click()
  await other.locator('dialog [name=name]').fill('De otra persona')
  await plant.locator('[data-test=edit]').click()
  await page.locator('dialog [name=time-zone]').fill('america/argentina/ushuaia')
  await other.locator('dialog [type=submit]').click()
  await expect(other.getByRole('dialog')).toHaveCount(0)
  await page.locator('dialog [type=submit]').click()
  await expect(page.locator('[data-test=stale]')).toContainText('De otra persona')
  forgive(complaints, /409/)
  await page.locator('[data-test=take-theirs]').click()
  await expect(page.locator('dialog [name=name]')).toHaveValue('De otra persona')
  await page.locator('dialog [name=time-zone]').fill('america/argentina/ushuaia')
  await page.locator('dialog [type=submit]').click()
  await expect(plant.locator('[data-part=zone]')).toHaveText('America/Argentina/Ushuaia')
  await expect(plant).toContainText('De otra persona')
  await other.context().close()

  await page.goto('/audit?action=plant.update')
  const entry = page.locator('[data-entry="plant.update"]').first()
  await expect(entry).toContainText(`${mark}-a`)
  await expect(entry).toContainText('America/Argentina/Ushuaia')
  await entry.locator('summary').click()
  await expect(entry.locator('[data-test=details]')).toContainText('zona horaria')

  await page.goto(`/plants?view=gateways&tenant=${tenant}&site=${mark}-a`)
  await page.locator('[data-test=add]').click()
  await page.locator('dialog [name=gateway-id]').fill(`${mark}-gw`)
  await expect(page.locator('[data-test=topic]')).toHaveText(
    `factory/${tenant}/ba/${mark}-a/gateway/${mark}-gw/telemetry`,
  )
  await page.locator('dialog [type=submit]').click()
  const gateway = page.locator(`[data-gateway-row="${mark}-gw"]`)
  await expect(gateway).toContainText('Nunca visto')
  await gateway.locator('[data-test=edit]').click()
  await page.locator('dialog [name=gateway-plant]').selectOption(`${tenant}/${mark}-b`)
  await expect(page.locator('[data-test=moving]')).toBeVisible()
  await page.locator('dialog [type=submit]').click()
  await expect(gateway).toHaveCount(0)
  await page.goto(`/plants?view=gateways&tenant=${tenant}&site=${mark}-b`)
  await gateway.locator('[data-test=delete]').click()
  await page.locator('[data-test=confirm] button').last().click()
  await expect(gateway).toHaveCount(0)

  await page.goto(`/plants?search=${mark}`)
  for (const site of [`${mark}-a`, `${mark}-b`]) {
    const row = page.locator(`[data-plant="${tenant}/${site}"]`)
    await row.locator('[data-test=delete]').click()
    await page.locator('[data-test=confirm] button').last().click()
    await expect(row).toHaveCount(0)
  }
})

test('a PLC and a tenant get another name, and their old one back', async ({ page }) => {
  const rename = async (opener: string, name: string): Promise<string> => {
    await page.locator(opener).click()
    const field = page.locator('dialog [name=name]')
    const before = await field.inputValue()
    await field.fill(name)
    await page.locator('dialog [type=submit]').click()
    await expect(page.getByRole('dialog')).toHaveCount(0)
    return before
  }
  for (const [address, attribute] of [
    ['/plants?view=plcs', 'data-plc-row'],
    ['/tenants', 'data-tenant-row'],
  ] as const) {
    await page.goto(address)
    const row = page.locator(`[${attribute}]`).last()
    const opener = `[${attribute}="${(await row.getAttribute(attribute))!}"] [data-test=rename]`
    const before = await rename(opener, mark)
    await expect(page.locator(`[${attribute}]`).filter({ hasText: mark })).toBeVisible()
    expect(await rename(opener, before)).toBe(mark)
    await expect(page.locator(`[${attribute}]`).filter({ hasText: mark })).toHaveCount(0)
  }
})

for (const [theme, language] of [
  ['dark', 'es'],
  ['light', 'en'],
] as const) {
  test(`no finding in the real administration, ${theme}, ${language}`, async ({ page }) => {
    test.slow()
    await choose(page, theme, language)
    for (const address of [
      '/users',
      '/tenants',
      '/plants',
      '/plants?view=gateways',
      '/api-keys',
      '/audit',
    ]) {
      await page.goto(address)
      await expect(page.locator('table, [data-entry], [data-test=empty]').first()).toBeVisible()
      expect(await findings(page), address).toEqual([])
    }
  })
}
