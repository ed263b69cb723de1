import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { LINK_TOKEN } from '../support/accounts.ts'
import { someAlarms } from '../support/alarms.ts'
import { stackUrl } from '../support/environment.ts'
import { choose, forgive, logIn, test } from '../support/test.ts'
import { FakeBackend } from '../support/backend.ts'

const FOLDER = process.env['SHOTS_DIR'] ?? 'test-results/shots'

const SCREENS = [
  { name: 'desktop-dark', width: 1440, height: 900, theme: 'dark', language: 'es' },
  { name: 'desktop-light', width: 1440, height: 900, theme: 'light', language: 'en' },
  { name: 'tablet-light', width: 820, height: 1180, theme: 'light', language: 'es' },
  { name: 'phone-dark', width: 360, height: 780, theme: 'dark', language: 'es' },
] as const

/** Long enough for sparklines to have a shape. */
const SETTLE_MS = 6_000

for (const { name, width, height, theme, language } of SCREENS) {
  test(name, async ({ page, complaints }) => {
    const backend = new FakeBackend()
    if (stackUrl === undefined) {
      await backend.install(page)
      backend.stream(250)
      backend.alarms.items = someAlarms()
    }
    mkdirSync(FOLDER, { recursive: true })
    const shoot = async (what: string): Promise<void> => {
      await page.screenshot({ path: join(FOLDER, `${what}-${name}.png`) })
    }
    await page.setViewportSize({ width, height })
    await choose(page, theme, language)

    if (stackUrl === undefined) backend.accounts.isSignedIn = false
    await page.goto('/login')
    await page.locator('[data-test=login]').waitFor()
    await shoot('login')
    await page.goto(`/set-password#${LINK_TOKEN}`)
    await page.locator('[data-test=set-password]').waitFor()
    await shoot('set-password')
    if (stackUrl === undefined) backend.accounts.isSignedIn = true
    else await logIn(page)

    await page.goto('/account')
    await page.locator('[data-session]').first().waitFor()
    await shoot('account')
    await page.locator('[data-test=user]').click()
    await shoot('account-menu')
    forgive(complaints, /401/)

    await page.goto('/alarms?state=all')
    await page.locator('[data-alarm], [data-test=empty]').first().waitFor()
    await shoot('alarms')
    if ((await page.locator('[data-select]').count()) > 0) {
      await page.locator('[data-select]').first().check()
      await page.locator('[data-test=acknowledge-selected]').click()
      await shoot('alarms-acknowledge')
      await page.keyboard.press('Escape')
    }

    await page.goto('/')
    await page.locator('[data-metric]').first().waitFor()
    await page.waitForTimeout(SETTLE_MS)
    await shoot('fleet')
    await page.locator('[data-test=search-all]').click()
    await page.locator('[data-test=palette-query]').fill('temp')
    await page.waitForTimeout(500)
    await shoot('search')
    await page.keyboard.press('Escape')

    const metrics = page.locator('[data-metric][data-state=good]')
    const curves = metrics.filter({ hasText: /temp/ })
    const metric = (await curves.count()) > 0 ? curves.first() : metrics.first()
    await metric.locator('a').click()
    await page.locator('[data-test=chart] canvas').waitFor()
    await page.waitForTimeout(2_000)
    const chart = await page.locator('[data-test=chart]').boundingBox()
    if (chart) await page.mouse.move(chart.x + chart.width * 0.6, chart.y + chart.height * 0.4)
    await page.waitForTimeout(300)
    await shoot('plc')

    await page.getByRole('button', { name: '7 d', exact: true }).click()
    await page.locator('[data-test=chart] canvas').waitFor()
    await page.waitForTimeout(1_000)
    await shoot('plc-7d')

    if (stackUrl === undefined) {
      backend.refuseSockets = true
      await page.goto('/')
      await page.waitForTimeout(4_000)
      await shoot('fleet-link-lost')
    }
    backend.dispose()
  })
}
