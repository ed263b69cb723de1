import { expect, type Page } from '@playwright/test'
import { canRaise, plcs, raise, removeAlarms, sql } from '../support/stack-alarms.ts'
import { findings, forgive, logIn, test } from '../support/test.ts'

/** Against a running stack; nothing is assumed of its names. */

const type = `alarms_spec_${String(Date.now())}`

test.beforeEach(async ({ page, complaints }) => {
  await logIn(page)
  // The browser itself reports that nobody was logged in.
  forgive(complaints, /401/)
})

test('the search goes to a PLC and to one of its metrics', async ({ page }) => {
  await page.goto('/')
  const tile = page
    .locator('[data-plc]')
    .filter({ has: page.locator('[data-metric]') })
    .last()
  await expect(tile).toBeVisible()
  const [tenant = '', site = '', plcId = ''] = ((await tile.getAttribute('data-plc')) ?? '').split(
    '/',
  )
  const metric = (await tile.locator('[data-metric]').first().getAttribute('data-metric')) ?? ''

  await page.keyboard.press('/')
  await page.keyboard.type(`${tenant} ${site} ${plcId}`)
  await page.locator('[data-finding=plc]').first().click()
  await expect(page).toHaveURL(`/plc/${tenant}/${site}/${plcId}`)

  await page.keyboard.press('Control+k')
  await page.locator('[data-test=palette-query]').fill(`${tenant} ${site} ${plcId} ${metric}`)
  await expect(page.locator('[data-finding=metric]').first()).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.locator('[data-finding=metric]').first().click()
  await expect(page).toHaveURL(new RegExp(`metric=${metric}`))
})

test.describe('alarms', () => {
  test.skip(!canRaise, 'STACK_DATABASE_URL names the database to raise alarms in')
  test.afterEach(() => {
    removeAlarms(type)
  })

  const count = async (page: Page): Promise<number> => {
    await expect(page.locator('[data-test=alarm-strip]')).toHaveAttribute('data-knowledge', 'known')
    const critical = page.locator('[data-count=critical] [aria-hidden=true]').last()
    if ((await critical.count()) === 0) return 0
    return Number((await critical.textContent())?.replace(/\D/g, ''))
  }
  const aPlc = (): { tenant: string; site: string; plcId: string } => {
    const [tenant = '', site = '', plcId = ''] = plcs()[0] ?? []
    return { tenant, site, plcId }
  }

  test('the strip hears of one at once, and of one elsewhere soon', async ({ page }) => {
    await page.goto('/')
    await expect(page.locator('[data-phase=live]')).toBeVisible()
    const before = await count(page)
    raise({ ...aPlc(), type, message: 'Una alarma de prueba', severity: 'critical' })
    const newest = page.locator('[data-test=newest-alarm]')
    await expect(newest).toContainText('Una alarma de prueba', { timeout: 3_000 })
    expect(await count(page)).toBe(before + 1)

    // A page that listens to another PLC alone is told by nobody, and asks.
    const [tenant = '', site = '', plcId = ''] = plcs().at(-1) ?? []
    await page.goto(`/plc/${tenant}/${site}/${plcId}`)
    await expect(page.locator('[data-phase=live]')).toBeVisible()
    raise({ ...aPlc(), type, message: 'Otra alarma de prueba', severity: 'critical' })
    await expect(newest).toContainText('Otra alarma de prueba', { timeout: 12_000 })
  })

  test('come in live, and are acknowledged by keyboard with a comment', async ({ page }) => {
    const plc = aPlc()
    raise({ ...plc, type, message: 'La primera', severity: 'critical' })
    await page.goto(`/alarms?type=${type}`)
    const rows = page.locator('[data-alarm]')
    await expect(rows).toHaveCount(1)
    const before = await count(page)
    raise({ ...plc, type, message: 'La segunda', severity: 'critical' })
    raise({ ...plc, type, message: 'La tercera, de otra prioridad', severity: 'low' })
    await expect(rows).toHaveCount(3, { timeout: 3_000 })
    await expect(rows.first()).toContainText('La tercera')
    expect(await findings(page)).toEqual([])

    await page.locator('[data-select]').first().focus()
    await page.keyboard.press('Shift+End')
    await expect(page.locator('[data-test=selection]')).toContainText('3 alarmas')
    await page.keyboard.press('a')
    await page.locator('[name=comment]').fill('Ya van a mirar\nel ventilador')
    await page.keyboard.press('Control+Enter')
    await expect(page.locator('[data-test=toast]')).toHaveText('3 alarmas reconocidas')
    await expect(page.locator('[data-state=acknowledged]')).toHaveCount(3)
    await expect(rows.first()).toContainText(process.env['STACK_EMAIL'] ?? '')
    expect(
      sql(
        `select distinct comment is not null from alarms where type = :'type' and acknowledged;`,
        { type },
      ),
    ).toEqual([['t']])
    await expect.poll(() => count(page), { timeout: 5_000 }).toBe(before - 1)

    await page.reload()
    await expect(page.locator('[data-test=empty]')).toBeVisible()
    await page.goto(`/alarms?state=all&type=${type}`)
    await expect(rows).toHaveCount(3)
    await expect(rows.first()).toContainText('el ventilador')
  })

  test('what one acknowledges, the other sees', async ({ page, browser, baseURL }) => {
    const plc = aPlc()
    raise({ ...plc, type, message: 'Para dos', severity: 'medium' })
    const other = await browser.newPage({ baseURL: baseURL ?? '' })
    await logIn(other)
    for (const each of [page, other]) {
      await each.goto(`/alarms?type=${type}`)
      await expect(each.locator('[data-alarm]')).toHaveCount(1)
      await expect(each.locator('[data-phase=live]')).toBeVisible()
    }
    await page.locator('[data-test=acknowledge-one]').click()
    await page.keyboard.press('Enter')
    await expect(page.locator('[data-test=toast]')).toHaveText('1 alarma reconocida')
    await expect(other.locator('[data-state=acknowledged]')).toHaveCount(1, { timeout: 3_000 })
    await other.close()
  })
})
