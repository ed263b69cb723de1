import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { choose, forgive, logIn, test } from '../support/test.ts'
import { DRYER } from './past.ts'
import { arrange } from './setting.ts'

/** Pictures of every page of a running stack, for the documentation. */
const FOLDER = process.env['SCREENS_DIR'] ?? 'test-results/screens'
const SETTLE_MS = 1_500
const QUALITY = 88

const LOOKS = [
  { name: 'desktop', width: 1440, height: 900, theme: 'dark' },
  { name: 'tablet', width: 820, height: 1180, theme: 'light' },
] as const

const DRYER_PATH = `/plc/${DRYER.tenant}/${DRYER.site}/${DRYER.plcId}`

interface Picture {
  name: string
  path: string
  /** What has to be there before it is taken. */
  ready: string
  /** Sparklines and rates need a while to have a shape. */
  settleMs?: number
  before?: (page: Page) => Promise<void>
}

async function pointAtChart(page: Page): Promise<void> {
  const chart = await page.locator('[data-test=chart]').boundingBox()
  if (chart) await page.mouse.move(chart.x + chart.width * 0.6, chart.y + chart.height * 0.4)
}

const PICTURES: readonly Picture[] = [
  { name: 'fleet', path: '/', ready: '[data-metric]', settleMs: 12_000 },
  { name: 'fleet-compact', path: '/?view=compact', ready: '[data-plant], table, main h1' },
  {
    name: 'search',
    path: '/',
    ready: '[data-metric]',
    before: async (page) => {
      await page.locator('[data-test=search-all]').click()
      await page.locator('[data-test=palette-query]').fill('seca')
    },
  },
  {
    name: 'plant',
    path: `/plant/${DRYER.tenant}/${DRYER.site}`,
    ready: '[data-metric]',
    settleMs: 6_000,
  },
  {
    name: 'gateway',
    path: `/gateway/${DRYER.tenant}/${DRYER.site}/${DRYER.gatewayId}`,
    ready: '[data-test=gateway-state]',
  },
  {
    name: 'plc',
    path: `${DRYER_PATH}?metric=temp_head,temp_exhaust,pressure_bar&range=24h`,
    ready: '[data-test=chart] canvas',
    settleMs: 3_000,
    before: pointAtChart,
  },
  {
    name: 'dashboard',
    path: `${DRYER_PATH}/dashboard`,
    ready: '[data-widget] canvas',
    settleMs: 6_000,
  },
  {
    name: 'dashboard-editor',
    path: `${DRYER_PATH}/dashboard?edit=1`,
    ready: '[data-test=editor] [data-widget]',
    settleMs: 3_000,
    before: async (page) => {
      await page.locator('[data-widget] [data-test=tile]').nth(1).click()
    },
  },
  { name: 'dashboards', path: '/dashboards', ready: 'main table' },
  { name: 'alarms', path: '/alarms?state=all', ready: '[data-alarm]' },
  { name: 'rules', path: '/rules', ready: '[data-test=rules]', settleMs: 5_000 },
  {
    name: 'rule',
    path: '/rules',
    ready: '[data-test=rules]',
    settleMs: 4_000,
    before: async (page) => {
      await page.getByRole('link', { name: 'Temperaturas, todo', exact: true }).click()
    },
  },
  {
    name: 'rules-explain',
    path: `/rules?explain=${DRYER.tenant}/${DRYER.province}/${DRYER.site}/${DRYER.gatewayId}/${DRYER.plcId}/temp_head`,
    ready: '[data-test=explanation]',
    settleMs: 3_000,
  },
  { name: 'quarantine', path: '/quarantine', ready: '[data-entry]' },
  { name: 'system', path: '/system', ready: '[data-test=board]', settleMs: 16_000 },
  { name: 'users', path: '/users', ready: 'main table' },
  { name: 'tenants', path: '/tenants', ready: 'main table' },
  { name: 'plants', path: '/plants', ready: 'main table' },
  { name: 'api-keys', path: '/api-keys', ready: 'main table' },
  { name: 'audit', path: '/audit', ready: '[data-entry]' },
  { name: 'account', path: '/account', ready: '[data-session]' },
]

/** Half the size of a PNG, and sharp where there is text. */
async function shoot(page: Page, name: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  await cdp.detach()
  writeFileSync(join(FOLDER, `${name}.webp`), Buffer.from(data, 'base64'))
}

for (const { name: look, width, height, theme } of LOOKS) {
  test(look, async ({ page, complaints }) => {
    mkdirSync(FOLDER, { recursive: true })
    await page.setViewportSize({ width, height })
    await choose(page, theme, 'es')
    await page.goto('/login')
    await page.locator('[data-test=login]').waitFor()
    await shoot(page, `login-${look}`)
    await logIn(page)
    forgive(complaints, /401/)
    await arrange(page)
    for (const { name, path, ready, settleMs = SETTLE_MS, before } of PICTURES) {
      await page.goto(path)
      await page.locator(ready).first().waitFor()
      await before?.(page)
      await page.waitForTimeout(settleMs)
      await shoot(page, `${name}-${look}`)
      await page.mouse.move(0, 0)
    }
  })
}
