import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { FakeBackend } from '../support/backend.ts'
import { stackUrl } from '../support/environment.ts'
import { choose, forgive, logIn, test } from '../support/test.ts'

const FOLDER = process.env['SHOTS_DIR'] ?? 'test-results/shots'

const SCREENS = [
  { name: 'desktop-dark', width: 1440, height: 900, theme: 'dark', language: 'es' },
  { name: 'desktop-light', width: 1440, height: 900, theme: 'light', language: 'en' },
  { name: 'tablet-light', width: 820, height: 1180, theme: 'light', language: 'es' },
  { name: 'phone-dark', width: 360, height: 780, theme: 'dark', language: 'es' },
] as const

const PLC = '/plc/granix/planta-1/plc-06'
const PAGES = [
  ['fleet-compact', '/?view=compact'],
  ['plant', '/plant/granix/planta-1'],
  ['gateway', '/gateway/granix/planta-1/granix-ba-gw-02'],
  ['gateway-offline', '/gateway/granix/planta-2/granix-cb-gw-01'],
  [
    'trend-six',
    `${PLC}?metric=temp_head,temp_tail,pressure_out,burner_on,humidity,torque&range=15m`,
  ],
  ['trend-week', `${PLC}?metric=temp_head,pressure_out&range=7d`],
  ['trend-lanes', `${PLC}?metric=burner_on,units_total&range=1h`],
  ['trend-text', `${PLC}?metric=temp_head,recipe&range=1h`],
] as const

for (const { name, width, height, theme, language } of SCREENS) {
  // The places of a running stack have other names.
  test.skip(stackUrl !== undefined)
  test(`plants, ${name}`, async ({ page, complaints }) => {
    const backend = new FakeBackend()
    if (stackUrl === undefined) {
      await backend.install(page)
      backend.stream(500)
    } else await logIn(page)
    forgive(complaints, /401/)
    mkdirSync(FOLDER, { recursive: true })
    await page.setViewportSize({ width, height })
    await choose(page, theme, language)
    const shoot = async (what: string, fullPage = false): Promise<void> => {
      await page.screenshot({ path: join(FOLDER, `${what}-${name}.png`), fullPage })
    }
    for (const [what, address] of PAGES) {
      await page.goto(address)
      await page.waitForTimeout(3_000)
      const chart = await page
        .locator('[data-test=chart]')
        .boundingBox({ timeout: 100 })
        .catch(() => null)
      if (chart && what === 'trend-week') {
        await page.mouse.move(chart.x + chart.width * 0.6, chart.y + chart.height * 0.4)
        await page.waitForTimeout(300)
      }
      await shoot(what, what.startsWith('trend'))
    }
    await page.goto(`${PLC}?metric=temp_head&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`)
    await page.locator('[data-test=period]').click()
    await page.waitForTimeout(500)
    await shoot('trend-period')
    await page.goto('/plant/granix/planta-1')
    await page.locator('[data-menu=plant]').click()
    await page.waitForTimeout(500)
    await shoot('place-menu')
    backend.dispose()
  })
}
