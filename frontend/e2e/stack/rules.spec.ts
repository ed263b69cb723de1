import { expect, type Locator, type Page } from '@playwright/test'
import { call, listed } from '../support/stack-api.ts'
import { canPublish } from '../support/stack-broker.ts'
import { TestSeries } from '../support/stack-series.ts'
import { choose, findings, forgive, logIn, test } from '../support/test.ts'

/** Against a running stack whose simulator publishes. Rules of the test begin with this, and go with it. */
const PREFIX = 'rules-e2e'
/** A change of the rules is in force within a second. */
const IN_FORCE_MS = 1_200

interface Rule {
  id: string
  version: number
  name: string
  priority: number
  mode: string
}
interface Plc {
  tenant: string
  site: string
  plcId: string
}

const rung = (page: Page, name: string): Locator => page.locator(`[data-rule="${name}"]`)

async function addRule(page: Page, body: object): Promise<Rule> {
  const answer = await call(page, 'POST', '/api/persist-rules', body)
  expect(answer.status).toBe(201)
  return answer.body as Rule
}

/** A metric that the simulator sends, with the PLC that has it. */
async function simulated(page: Page): Promise<Plc & { metricId: string }> {
  for (const plc of await listed<Plc>(page, '/api/plcs?limit=100')) {
    const path = `/api/plcs/${plc.site}/${plc.plcId}/state?tenant=${plc.tenant}`
    const { body } = await call(page, 'GET', path)
    const [metricId] = Object.keys((body as { values: object }).values)
    if (metricId !== undefined && plc.plcId !== 'rules-e2e') return { ...plc, metricId }
  }
  throw new Error('nothing is simulated')
}

test.beforeEach(async ({ page, complaints }) => {
  await logIn(page)
  // The browser itself reports that nobody was logged in.
  forgive(complaints, /401/)
})

test.afterEach(async ({ page }) => {
  for (const { id, name } of await listed<Rule>(page, '/api/persist-rules?limit=1000')) {
    if (name.startsWith(PREFIX)) await call(page, 'DELETE', `/api/persist-rules/${id}`)
  }
})

test('a rule that is written decides what is stored from then on', async ({ page }) => {
  test.skip(!canPublish, 'STACK_NOTE tells how to publish')
  test.slow()
  const series = await TestSeries.create(page)
  const { body } = await call(page, 'GET', '/api/persist-rules')
  const { defaultMode } = body as { defaultMode: string }
  const before = ['raw', 'both'].includes(defaultMode) ? [1] : []
  await series.send(1)
  await expect.poll(() => series.heard(page)).toBe(1)
  await expect.poll(() => series.stored(page)).toEqual(before)

  // Nothing is kept: the value is seen, and the history does not grow.
  await page.goto('/rules')
  await page.locator('[data-test=new-rule]').click()
  await page.locator('[name=name]').fill(`${PREFIX} stored`)
  await page.locator('[name=tenant]').fill(series.gateway.tenant)
  await page.locator('[name=metricId]').fill(series.metricId)
  await page.locator('[name=priority]').fill('900000')
  await page.locator('[data-choice=none]').click()
  await expect(page.locator('[data-test=matched]')).toContainText('Alcanza 1 serie')
  await page.locator('[data-test=save]').click()
  await expect(page.locator('[data-test=toast]')).toContainText('Se creó la regla')
  await page.waitForTimeout(IN_FORCE_MS)
  await series.send(2)
  await expect.poll(() => series.heard(page)).toBe(2)
  await page.waitForTimeout(IN_FORCE_MS)
  expect(await series.stored(page)).toEqual(before)

  // Samples are kept again, hourly rows are not.
  const counted = await series.counted(page)
  await rung(page, `${PREFIX} stored`).locator('h2 a').click()
  await page.locator('[data-choice=raw]').click()
  await page.locator('[data-test=save]').click()
  await expect(page).toHaveURL('/rules')
  await page.waitForTimeout(IN_FORCE_MS)
  await series.send(3)
  await expect.poll(() => series.stored(page)).toEqual([...before, 3])
  expect(await series.counted(page)).toBe(counted)
})

test('two editors of one rule both keep what they meant', async ({ page, context, complaints }) => {
  test.slow()
  const metricId = `${PREFIX}-nobody`
  const rule = await addRule(page, { name: `${PREFIX} conflict`, metricId, mode: 'both' })
  const other = await context.newPage()
  for (const each of [page, other]) {
    await each.goto(`/rules/${rule.id}`)
    await expect(each.locator('[name=name]')).toHaveValue(rule.name)
  }
  await other.locator('[data-choice=hourly]').click()
  await other.locator('[name=rawRetentionDays]').fill('30')
  await other.locator('[data-test=save]').click()
  await expect(other).toHaveURL('/rules')

  await page.locator('[name=priority]').fill('321')
  await page.locator('[name=rawRetentionDays]').fill('60')
  await page.locator('[data-test=save]').click()
  const dialog = page.locator('[data-test=conflict]')
  await expect(dialog).toContainText('Alguien cambió esta regla')
  const mine = (field: string): Locator =>
    dialog.locator(`[data-conflict=${field}] input[value=mine]`)
  // Who changed a field meant it; where both did, the reader chooses.
  await expect(mine('priority')).toBeChecked()
  await expect(mine('mode')).not.toBeChecked()
  await expect(dialog.locator('[data-conflict=rawRetentionDays]')).toContainText('Los dos')
  await dialog.locator('[data-conflict=rawRetentionDays] input[value=theirs]').check()
  expect(await findings(page)).toEqual([])
  await dialog.locator('[data-test=save-merged]').click()
  await expect(page).toHaveURL('/rules')
  const { body } = await call(page, 'GET', `/api/persist-rules/${rule.id}`)
  expect(body).toMatchObject({
    version: 3,
    priority: 321,
    mode: 'hourly',
    rawRetentionDays: 30,
  })
  forgive(complaints, /409/)
})

test('what is kept of a series is explained, rule by rule', async ({ page }) => {
  test.slow()
  const { tenant, site, plcId, metricId } = await simulated(page)
  const name = (what: string): string => `${PREFIX} ${what}`
  const match = { tenant, plant: site, plcId }
  await addRule(page, { name: name('wins'), priority: 900_000, ...match, metricId, mode: 'both' })
  await addRule(page, { name: name('wide'), priority: 900_000, ...match, mode: 'both' })
  await addRule(page, { name: name('low'), priority: 800_000, ...match, mode: 'both' })
  await addRule(page, { name: name('off'), priority: 950_000, mode: 'both', enabled: false })
  await addRule(page, { name: name('apart'), priority: 999_000, plcId: 'no-such', mode: 'none' })

  // As from the page of a PLC, which knows no gateway: it is whichever sends the series.
  await page.goto(`/rules?explain=${tenant}//${site}//${plcId}/${metricId}`)
  await expect(page.locator('[data-test=verdict]')).toContainText(name('wins'))
  await expect(page).toHaveURL(new RegExp(`explain=${tenant}/[^/]+/${site}//${plcId}`))
  await expect(page.locator('[data-test=explanation]')).toContainText(
    new RegExp(`${site} › [^›]+ › ${plcId} › ${metricId}`),
  )
  const ladder = page.locator('[data-test=explain-ladder]')
  const fate = (what: string): Locator => ladder.locator(`[data-rule="${name(what)}"]`)
  await expect(fate('wins')).toHaveAttribute('data-fate', 'decides')
  await expect(fate('wide')).toContainText('menos precisa: 3 nombres exactos contra 4')
  await expect(fate('low')).toContainText('menor: 800000 contra 900000')
  await expect(fate('off')).toContainText('está inactiva')
  await page.locator('[data-test=apart] summary').click()
  await expect(page.locator('[data-test=apart]')).toContainText(`PLC: pide no-such y es ${plcId}`)
  expect(await findings(page)).toEqual([])

  // From the answer to a rule for just this series.
  await page.getByRole('link', { name: 'Nueva regla para esta serie' }).click()
  await expect(page.locator('[name=metricId]')).toHaveValue(metricId)
  await expect(page.locator('[data-test=matched]')).toContainText('Alcanza 1 serie')
})

test('a dry run says what a rule would cost or save, and where it lands', async ({ page }) => {
  test.slow()
  const { tenant, site } = await simulated(page)
  await addRule(page, { name: `${PREFIX} above`, priority: 700_000, tenant, mode: 'both' })
  await addRule(page, { name: `${PREFIX} below`, priority: 600_000, tenant, mode: 'both' })
  await page.goto('/rules/new')
  await page.locator('[name=tenant]').fill(tenant)
  await page.locator('[name=plant]').fill(site)
  await page.locator('[name=priority]').fill('650000')
  await page.locator('[data-choice=none]').click()
  // The one above decides all of it.
  const ladder = page.locator('[data-test=ladder]')
  await expect(ladder.locator(`[data-other="${PREFIX} above"]`)).toContainText('Gana')
  await expect(ladder.locator(`[data-other="${PREFIX} below"]`)).toContainText('Pierde')
  await expect(page.locator('[data-test=touched]')).toContainText('Ninguna serie cambia')

  await page.locator('[data-test=up]').click()
  await expect(page.locator('[name=priority]')).toHaveValue('700000')
  await expect(page.locator('[data-test=touched]')).toContainText(/\d+ series? cambia/)
  await expect(page.locator('[data-test=bytes-a-year]')).toContainText(/^−/)
  await expect(page.locator('[data-test=basis]')).toContainText(
    /America\/(Argentina\/)?Buenos_Aires/,
  )
  await page.locator('[data-test=touched-series] summary').click()
  await expect(page.locator('[data-test=touched-series] tbody tr').first()).toContainText('Nada')

  // What is known is suggested, and what is not is said.
  await expect(page.locator('[data-field=tenant] datalist option').first()).toBeAttached()
  await page.locator('[name=tenant]').fill('nobody-at-all')
  await expect(page.locator('[data-field=tenant]')).toContainText('todavía no se vio')
})

test('the list counts, switches, copies and removes', async ({ page }) => {
  test.slow()
  const { tenant, plcId, site } = await simulated(page)
  const name = `${PREFIX} listed`
  const match = { tenant, plant: site, plcId }
  await addRule(page, { name, priority: 900_000, ...match, mode: 'both' })
  await page.goto('/rules')
  const caught = rung(page, name).locator('[data-test=caught]')
  await expect(caught).toContainText(/Decide \d+ series?/)
  await caught.locator('[data-test=list-series]').click()
  await expect(page.locator('[data-test=series-dialog] tbody tr').first()).toContainText(plcId)
  await page.keyboard.press('Escape')

  await rung(page, name).locator('[data-test=switch]').click()
  await expect(rung(page, name)).toHaveAttribute('data-enabled', 'false')
  await expect(caught).toContainText('Alcanzaría')

  await rung(page, name).locator('[data-test=duplicate]').click()
  await expect(page.locator('[name=name]')).toHaveValue(`${name} (copia)`)
  await expect(page.locator('[name=plcId]')).toHaveValue(plcId)
  await page.locator('[data-test=save]').click()
  await expect(rung(page, `${name} (copia)`).locator('[data-test=caught]')).toContainText(
    /\d+ series?/,
  )

  await page.locator('[name=q]').fill('(copia)')
  await expect(rung(page, name)).toHaveCount(0)
  await rung(page, `${name} (copia)`).locator('[data-test=delete]').click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.locator('[data-test=touched]')).toBeVisible()
  await dialog.getByRole('button', { name: 'Eliminar' }).click()
  await expect(page.locator('[data-test=toast]').last()).toContainText('Se eliminó la regla')
  await expect(rung(page, `${name} (copia)`)).toHaveCount(0)
})

for (const theme of ['dark', 'light']) {
  for (const language of ['es', 'en']) {
    test(`no finding on the rules, ${theme}, ${language}`, async ({ page }) => {
      await choose(page, theme, language)
      await addRule(page, { name: `${PREFIX} seen`, metricId: 'temp_*', mode: 'both' })
      await page.goto('/rules')
      await expect(page.locator('[data-test=counted]')).toBeVisible()
      expect(await findings(page)).toEqual([])
      await page.goto('/rules/new')
      await expect(page.locator('[data-test=basis]')).toBeVisible()
      expect(await findings(page)).toEqual([])
    })
  }
}
