import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page } from '@playwright/test'
import { call, listed } from '../support/stack-api.ts'
import { canPublish, publish } from '../support/stack-broker.ts'
import { TestSeries } from '../support/stack-series.ts'
import { choose, findings, forgive, logIn, test } from '../support/test.ts'

/** Against a running stack; what the test puts into quarantine it removes again. */

interface Entry {
  id: string
  payload: string
}

/** What the server takes ahead of its own clock. */
const AHEAD_MS = 300_000

const row = (page: Page, id: string): Locator => page.locator(`[data-entry="${id}"]`)
const dialog = (page: Page): Locator => page.locator('[data-test=entry]')

test.beforeEach(async ({ page, complaints }) => {
  test.skip(!canPublish, 'STACK_NOTE tells how to publish')
  await logIn(page)
  forgive(complaints, /401/)
})

/** The entry that a message became, once it did. */
async function entryWith(page: Page, text: string): Promise<string> {
  let id: string | undefined
  await expect
    .poll(async () => {
      const entries = await listed<Entry>(page, '/api/admin/rejections?limit=100')
      id = entries.find(({ payload }) => payload.includes(text))?.id
      return id
    })
    .toBeDefined()
  return id!
}

test('a bad sample is looked into, replayed in vain, and removed', async ({ page, complaints }) => {
  const series = await TestSeries.create(page)
  const samples = [series.sample(1), series.sample('warm'), series.sample(3, { metricId: 'a b' })]
  const message = series.envelope({ schemaVersion: 2, samples })
  await publish(series.topic, JSON.stringify(message))
  const id = await entryWith(page, series.metricId)

  await page.goto('/quarantine?reason=value_type_mismatch')
  const entries = await listed<Entry & { reason: string }>(page, '/api/admin/rejections?limit=100')
  const bad = entries.find(
    ({ payload, reason }) => payload.includes(series.metricId) && reason === 'value_type_mismatch',
  )!
  await row(page, bad.id).locator('a').click()
  await expect(page).toHaveURL(new RegExp(`entry=${bad.id}`))
  await expect(dialog(page)).toContainText('El valor no es del tipo declarado')
  await expect(dialog(page).locator('[data-test=detail]')).toHaveText(
    'value is a string, dataType is float',
  )
  await expect(dialog(page).locator('[data-mark=field]')).toContainText('"value": "warm"')
  await expect(dialog(page).locator('[data-test=remedy]')).toContainText('dataType')
  await expect(dialog(page).locator('[data-name=gatewayId]')).toHaveAttribute('data-same', 'true')
  await dialog(page).locator('[data-test=others] summary').click()
  await expect(dialog(page).locator('[data-test=others]')).toContainText('Nombre no válido')
  expect(await findings(page)).toEqual([])

  await dialog(page).locator('[data-test=replay-one]').click()
  const state = dialog(page).locator('[data-test=replay-state]')
  await expect(state).toContainText('Se rechazó otra vez', { timeout: 15_000 })
  await expect(state).toContainText('Reprocesado a pedido de')

  await dialog(page).locator('[data-test=delete-one]').click()
  await dialog(page).locator('[data-test=delete-confirm]').click()
  await expect(page.locator('[data-test=toast]')).toContainText('Se eliminó la entrada')
  await expect(row(page, bad.id)).toHaveCount(0)
  await page.goto(`/quarantine?entry=${bad.id}`)
  await expect(page.locator('[data-test=gone]')).toBeVisible()
  await call(page, 'DELETE', `/api/admin/rejections/${id}`)
  forgive(complaints, /404/)
})

test('what was mended is replayed, and then it is in the history', async ({ page }) => {
  test.slow()
  const series = await TestSeries.create(page)
  // A clock that runs ahead: a little later its time has come.
  const ahead = Date.now() + AHEAD_MS + 5_000
  await series.send(42, ahead)
  const id = await entryWith(page, series.metricId)
  await page.goto(`/quarantine?entry=${id}`)
  await expect(dialog(page)).toContainText('Hora fuera de rango')
  expect(await series.stored(page)).toEqual([])
  await expect.poll(() => Date.now() > ahead - AHEAD_MS + 500, { timeout: 15_000 }).toBe(true)
  await dialog(page).locator('[data-test=replay-one]').click()
  const state = dialog(page).locator('[data-test=replay-state]')
  await expect(state).toContainText(/Se guardó|no la guardan/, { timeout: 15_000 })
  await expect(dialog(page).locator('[data-test=replay-one]')).toHaveCount(0)
  await expect(row(page, id).locator('[data-status]')).toHaveAttribute('data-status', 'replayed')
  await expect.poll(() => series.stored(page)).toEqual([42])
  await call(page, 'DELETE', `/api/admin/rejections/${id}`)
})

test('many are found by their topic, exported, replayed and removed', async ({ page }) => {
  test.slow()
  const series = await TestSeries.create(page)
  const { tenant, province, site } = series.gateway
  // Nobody registers a gateway whose message contradicts its topic.
  const gatewayId = `rules-e2e-${String(Date.now())}`
  const topic = `factory/${tenant}/${province}/${site}/gateway/${gatewayId}/telemetry`
  for (const value of [1, 2, 3]) {
    const message = series.envelope({ schemaVersion: 1, ...series.sample(value), gatewayId: 'x' })
    await publish(topic, JSON.stringify(message))
  }
  await entryWith(page, series.metricId)
  await page.goto('/quarantine')
  await page.locator('[name=topic]').fill(`factory/*/gateway/${gatewayId}/*`)
  const rows = page.locator('[data-entry]')
  await expect(rows).toHaveCount(3)
  await expect(page).toHaveURL(/topic=/)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('[data-test=export]').click(),
  ])
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { topic: string }).topic)).toEqual(
    Array.from({ length: 3 }, () => topic),
  )

  await page.locator('[data-test=replay-many]').click()
  const confirm = page.locator('[data-test=confirm]')
  await expect(confirm).toContainText('¿Reprocesar 3 entradas?')
  await confirm.getByRole('button', { name: 'Reprocesar' }).click()
  await expect(page.locator('[data-test=bulk-result]')).toContainText('reprocesar 3 entradas')
  await expect(rows.filter({ hasText: 'Se rechazó otra vez' })).toHaveCount(3, { timeout: 20_000 })

  await rows.first().locator('a').click()
  await expect(dialog(page).locator('[data-name=gatewayId]')).toHaveAttribute('data-same', 'false')
  await page.keyboard.press('Escape')

  await page.locator('[data-test=delete-many]').click()
  await expect(confirm).toContainText('¿Eliminar 3 entradas?')
  await confirm.getByRole('button', { name: 'Eliminar' }).click()
  await expect(page.locator('[data-test=toast]')).toContainText('Se eliminaron 3 entradas')
  await expect(page.locator('[data-test=empty]')).toContainText('Ninguna entrada coincide')
})

for (const theme of ['dark', 'light']) {
  for (const language of ['es', 'en']) {
    test(`no finding on the quarantine, ${theme}, ${language}`, async ({ page }) => {
      await choose(page, theme, language)
      await page.goto('/quarantine')
      await expect(page.locator('[data-entry], [data-test=empty]').first()).toBeVisible()
      await expect(page.locator('[data-test=total]')).toBeVisible()
      expect(await findings(page)).toEqual([])
    })
  }
}
