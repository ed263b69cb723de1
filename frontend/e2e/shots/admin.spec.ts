import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN, person } from '../support/admin.ts'
import { FakeBackend } from '../support/backend.ts'
import { stackUrl } from '../support/environment.ts'
import { health, illSystem, wellSystem } from '../support/system.ts'
import { choose, forgive, logIn, test } from '../support/test.ts'

const FOLDER = process.env['SHOTS_DIR'] ?? 'test-results/shots'

const SCREENS = [
  { name: 'desktop-dark', width: 1440, height: 900, theme: 'dark', language: 'es' },
  { name: 'tablet-light', width: 820, height: 1180, theme: 'light', language: 'es' },
  { name: 'phone-dark', width: 360, height: 780, theme: 'dark', language: 'es' },
] as const

const PAGES = [
  ['users', '/users'],
  ['tenants', '/tenants'],
  ['plants', '/plants'],
  ['gateways', '/plants?view=gateways'],
  ['plcs', '/plants?view=plcs'],
  ['api-keys', '/api-keys'],
  ['audit', '/audit'],
] as const

for (const { name, width, height, theme, language } of SCREENS) {
  test(`administration, ${name}`, async ({ page, complaints }) => {
    test.slow()
    const backend = new FakeBackend()
    if (stackUrl === undefined) {
      backend.accounts.user = { ...ADMIN }
      backend.admin.users.push(
        person(1, { name: 'Ana Ruiz', email: 'ana.ruiz@granix.example' }),
        person(3, { name: 'Luis Etcheverry', disabled: true }),
      )
      backend.admin.system = wellSystem()
      backend.admin.health = health()
      await backend.install(page)
    }
    mkdirSync(FOLDER, { recursive: true })
    const shoot = async (what: string, fullPage = false): Promise<void> => {
      await page.waitForTimeout(500)
      await page.screenshot({ path: join(FOLDER, `${what}-${name}.png`), fullPage })
    }
    await page.setViewportSize({ width, height })
    await choose(page, theme, language)
    if (stackUrl !== undefined) await logIn(page)
    forgive(complaints, /401/)

    for (const [what, address] of PAGES) {
      await page.goto(address)
      await page.locator('table, [data-entry], [data-test=empty]').first().waitFor()
      await shoot(what)
    }
    await page.locator('summary').nth(1).click()
    await shoot('audit-entry')
    await page.goto('/users')
    await page.locator('[data-test=invite]').click()
    await shoot('invite')

    await page.goto('/system')
    await page.locator('[data-test=board]').waitFor()
    // Long enough for trends to have a shape.
    await page.waitForTimeout(16_000)
    await shoot('system', true)
    if (stackUrl === undefined) {
      backend.admin.system = illSystem()
      await page.reload()
      await page.locator('[data-test=findings]').waitFor()
      await shoot('system-ill', true)
    }
    backend.dispose()
  })
}
