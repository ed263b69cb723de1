import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN } from '../support/admin.ts'
import { someAlarms } from '../support/alarms.ts'
import { FakeBackend } from '../support/backend.ts'
import { stackUrl } from '../support/environment.ts'
import { choose, forgive, test } from '../support/test.ts'

const FOLDER = process.env['SHOTS_DIR'] ?? 'test-results/shots'

const SCREENS = [
  { name: 'desktop-dark', width: 1440, height: 900, theme: 'dark', language: 'es' },
  { name: 'tablet-light', width: 820, height: 1180, theme: 'light', language: 'es' },
  { name: 'phone-dark', width: 360, height: 780, theme: 'dark', language: 'es' },
] as const

const PLC = '/plc/granix/planta-1/plc-06/dashboard'
/** Long enough for sparklines to have a shape. */
const SETTLE_MS = 5_000

for (const { name, width, height, theme, language } of SCREENS) {
  test.describe(name, () => {
    test.skip(stackUrl !== undefined)
    test.use({ hasTouch: width < 1_000, viewport: { width, height } })

    test('dashboards', async ({ page, complaints }) => {
      const backend = new FakeBackend()
      await backend.install(page)
      backend.stream(250)
      backend.accounts.user = ADMIN
      backend.alarms.items = someAlarms()
      mkdirSync(FOLDER, { recursive: true })
      await choose(page, theme, language)
      const shoot = async (what: string, fullPage = false): Promise<void> => {
        // As high as the page, so that every tile is in view and alive.
        const { scrollHeight } = await page.evaluate(() => ({
          scrollHeight: document.documentElement.scrollHeight,
        }))
        await page.setViewportSize({ width, height: fullPage ? scrollHeight : height })
        await page.waitForTimeout(fullPage ? SETTLE_MS : 100)
        await page.screenshot({ path: join(FOLDER, `dashboard-${what}-${name}.png`) })
      }
      await page.goto('/dashboards')
      await page.locator('[data-dashboard]').first().waitFor()
      await shoot('list')
      await page.locator('[data-test=create]').click()
      await page.locator('[name=plc]').first().waitFor()
      await shoot('create')

      await page.goto('/plc/granix/planta-1/plc-05/dashboard')
      await page.locator('[data-test=make]').waitFor()
      await shoot('none')

      await page.goto(PLC)
      await page.locator('[data-test=pen-chart] canvas').first().waitFor()
      await page.waitForTimeout(SETTLE_MS)
      await shoot('view', true)

      await page.goto(`${PLC}?edit=1`)
      await page.waitForTimeout(SETTLE_MS)
      await shoot('edit', true)
      if (width >= 768) {
        await page.locator('[data-widget=w7] [data-test=tile]').click()
        await page.locator('[data-widget=w7] [data-test=configure]').click()
        await page.waitForTimeout(500)
        await shoot('settings')
        if (width < 1_280) await page.locator('[data-test=close-panel]').click()
        await page.locator('[data-test=open-palette]').click()
        await page.getByRole('radio', { name: 'Tendencia', exact: true }).check()
        await page.locator('[name="metric-temp_head"]').check()
        await shoot('palette')
        await page.keyboard.press('Escape')

        await page.locator('[data-widget=w2] [data-test=tile]').click()
        await page.locator('[data-widget=w2] [data-test=remove]').click()
        backend.dashboards.overtakeAs = 'Mezcladora: turno noche'
        await page.locator('[data-test=save]').click()
        await page.locator('[data-test=conflict]').waitFor()
        await shoot('conflict')
        await page.keyboard.press('Escape')
        await page.locator('[data-test=leave-editor]').click()
        await page.locator('[data-test=leave]').waitFor()
        await shoot('leave')
        await page.keyboard.press('Escape')
        await page.locator('[data-widget=w4] [data-test=tile]').focus()
        await page.keyboard.press('Escape')
        if (width < 1_280) await page.locator('[data-test=open-panel]').click()
        await shoot('whole')
        await page.locator('[data-test=open-history]').click()
        await page.locator('[data-version="5"]').click()
        await page.locator('[data-test=preview] [data-widget]').first().waitFor()
        await page.waitForTimeout(500)
        await shoot('history')
      }
      forgive(complaints, /40[49]/)
      backend.dispose()
    })
  })
}
