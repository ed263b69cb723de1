import { expect, type Locator, type Page } from '@playwright/test'
import { expectSaved, save, test, tile, valueWidget } from '../support/stack-dashboards.ts'
import { choose, findings } from '../support/test.ts'

/** Dashboards are built, by mouse, by touch and by keyboard, against a running stack whose simulator publishes. */

test('a dashboard is built from nothing, saved once, and lives', async ({ page, dashboards }) => {
  const plc = await dashboards.freePlc()
  await page.goto('/plants?view=plcs')
  await page
    .locator(`[data-plc-row="${plc.tenant}/${plc.site}/${plc.plcId}"] [data-test=dashboard]`)
    .click()
  await expect(page).toHaveURL(plc.path)
  await expect(page.locator('[data-test=empty]')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.locator('[data-test=make]').click()
  await expect(page).toHaveURL(`${plc.path}?edit=1`)
  await page.locator('[name=dashboard-name]').fill('dash-e2e')

  await page.locator('[data-test=open-palette]').click()
  await page.locator('[data-test=choose-all]').click()
  await page.locator('[data-test=add]').click()
  await expect(page.locator('[data-widget]')).toHaveCount(plc.metrics.length)
  await page.locator('[data-test=open-palette]').click()
  await page.getByRole('radio', { name: 'Tendencia', exact: true }).check()
  for (const metric of plc.metrics.slice(0, 2)) {
    await page.locator(`[name="metric-${metric}"]`).check()
  }
  await page.locator('[data-test=add]').click()
  await page.locator('[data-test=widget-settings] [name=label]').fill('Curso')
  expect(await findings(page)).toEqual([])
  await save(page)
  // One for the empty one, one for all that was done since.
  expect((await dashboards.of(plc))?.version).toBe(2)
  await page.locator('[data-test=leave-editor]').click()

  await expect(page.getByRole('heading', { level: 1, name: 'dash-e2e' })).toBeVisible()
  await expect(page.locator('[data-test=chart] canvas')).toBeVisible()
  const values = page.locator('[data-type=value] [data-part=value]')
  const before = await values.allTextContents()
  expect(before.length).toBeGreaterThan(0)
  await expect.poll(() => values.allTextContents(), { timeout: 20_000 }).not.toEqual(before)
  expect(await findings(page)).toEqual([])

  await page.locator('[data-test=plc-tabs] a').first().click()
  await expect(page).toHaveURL(plc.path.replace('/dashboard', ''))
  await page.getByRole('link', { name: 'Tablero' }).click()
  await expect(page).toHaveURL(plc.path)
})

type Setting = (settings: Locator) => Promise<unknown>

const fill =
  (name: string, text: string): Setting =>
  (settings) =>
    settings.locator(`[name=${name}]`).fill(text)
const pick =
  (name: string, value: string): Setting =>
  (settings) =>
    settings.locator(`[name=${name}]`).selectOption(value)
const tick =
  (name: string, isOn: boolean): Setting =>
  (settings) =>
    settings.locator(`[name=${name}]`).setChecked(isOn)

/** Each kind by its name, whether it is for a metric, one thing that is set, and what is saved of that. */
const KINDS: [type: string, name: string, isOfMetric: boolean, set: Setting, saved: object][] = [
  ['value', 'Valor', true, pick('decimals', '3'), { decimals: 3 }],
  ['bar', 'Barra', true, fill('max', '500'), { max: 500 }],
  ['gauge', 'Indicador de aguja', true, fill('limit-h', '90'), { limits: { h: 90 } }],
  ['sparkline', 'Minitendencia', true, tick('showMinMax', false), { showMinMax: false }],
  ['lamp', 'Luz', true, fill('onText', 'Marcha'), { onText: 'Marcha' }],
  ['state_text', 'Texto de estado', true, fill('default', 'Otro'), { default: 'Otro' }],
  ['trend', 'Tendencia', true, pick('range', '15m'), { range: '15m' }],
  ['table', 'Tabla', true, pick('sort', 'name'), { sort: 'name' }],
  ['alarm_list', 'Lista de alarmas', false, pick('show', 'all'), { show: 'all' }],
  [
    'gateway_status',
    'Estado de gateways',
    false,
    tick('showDetails', false),
    { showDetails: false },
  ],
  ['text', 'Texto o enlace', false, fill('text', 'Turno noche'), { text: 'Turno noche' }],
]

test('a widget of each kind is added, configured, saved and shown', async ({
  page,
  dashboards,
}) => {
  const plc = await dashboards.freePlc()
  await page.goto('/dashboards')
  await page.locator('[data-test=create]').click()
  await page.locator('[name=plc-search]').fill(plc.plcId)
  await page.locator(`[data-plc="${plc.tenant}/${plc.site}/${plc.plcId}"] input`).check()
  await page.locator('[data-test=create-dialog] [name=name]').fill('dash-e2e')
  await page.locator('[data-test=confirm-create]').click()
  await expect(page).toHaveURL(`${plc.path}?edit=1`)

  const settings = page.locator('[data-test=widget-settings]')
  for (const [index, [, name, isOfMetric, set]] of KINDS.entries()) {
    await page.locator('[data-test=open-palette]').click()
    await page.getByRole('radio', { name, exact: true }).check()
    if (isOfMetric) await page.locator(`[name="metric-${plc.metrics[0]!}"]`).check()
    await page.locator('[data-test=add]').click()
    await expect(page.locator('[data-widget]')).toHaveCount(index + 1)
    await settings.locator('[name=label]').fill(`Un ${name}`)
    await set(settings)
  }
  await expect(page.locator('[data-test=faults]')).toBeHidden()
  await save(page)
  const saved = await dashboards.of(plc)
  expect(saved?.version).toBe(2)
  const byType = new Map(saved?.widgets.map((widget) => [widget.type, widget]))
  for (const [type, name, , , options] of KINDS) {
    expect(byType.get(type), type).toMatchObject({ label: `Un ${name}`, options })
  }

  await page.locator('[data-test=leave-editor]').click()
  for (const [type, name] of KINDS) {
    const shown = page.locator(`[data-type=${type}]`)
    await shown.scrollIntoViewIfNeeded()
    await expect(shown).toContainText(`Un ${name}`)
    await expect(shown.locator('[data-test=waiting]')).toHaveCount(0)
  }
  await expect(page.locator('[data-type=value] [data-part=value]')).toHaveText(/,\d{3}$/)
  await expect(page.locator('[data-type=text]')).toContainText('Turno noche')
  expect(await findings(page)).toEqual([])
})

test('everything is done by keyboard alone', async ({ page, dashboards }) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [])
  await page.goto(plc.path)
  await expect(page.locator('[data-test=dashboard] [data-test=empty]')).toBeVisible()
  await page.keyboard.press('e')
  await expect(page).toHaveURL(/edit=1/)

  const tabTo = async (target: ReturnType<Page['locator']>): Promise<void> => {
    for (let presses = 0; presses < 80; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error('Tab does not lead there')
  }
  await expect(page.locator('[data-test=editor]')).toBeVisible()
  await tabTo(page.locator('[data-test=open-palette]'))
  await page.keyboard.press('Enter')
  const first = page.locator('[name=palette-type]').first()
  await expect(page.locator('[data-test=palette]')).toBeVisible()
  await tabTo(first)
  // From "by its data" to a value.
  await page.keyboard.press('ArrowDown')
  for (const metric of plc.metrics.slice(0, 2)) {
    await tabTo(page.locator(`[name="metric-${metric}"]`))
    await page.keyboard.press('Space')
  }
  await tabTo(page.locator('[data-test=add]'))
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-widget]')).toHaveCount(2)
  // What was just made has the focus.
  await expect(tile(page, 'w1')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(page.locator('[data-test=said]')).toContainText('Columna 1, fila 3, 3 por 1')
  await page.keyboard.press('Control+d')
  await expect(tile(page, 'w3')).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(page.locator('[data-widget=w3]')).toHaveCount(0)
  await expect(page.locator('[data-test=said]')).toContainText('quitado')
  await page.keyboard.press('Control+z')
  await expect(page.locator('[data-widget]')).toHaveCount(3)
  await page.keyboard.press('Control+Shift+z')
  await expect(page.locator('[data-widget]')).toHaveCount(2)

  await tabTo(tile(page, 'w2'))
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-test=widget-settings] [name=type]')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.type('Teclado')
  await expect(page.locator('[data-widget=w2]')).toContainText('Teclado')
  await page.keyboard.press('Control+s')
  await expect(page.locator('[data-test=save-state]')).toHaveText('Todo guardado')
  const saved = await dashboards.of(plc)
  expect(saved?.widgets.map(({ layout }) => layout)).toEqual([
    { x: 2, y: 0, w: 2, h: 1 },
    { x: 0, y: 2, w: 3, h: 1 },
  ])
})

test('a mouse drags, resizes, configures, duplicates and deletes', async ({ page, dashboards }) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0), valueWidget(plc.metrics[1]!, 4)])
  await page.goto(`${plc.path}?edit=1`)
  const from = (await tile(page, 'w1').boundingBox())!
  const to = (await tile(page, 'w2').boundingBox())!
  await page.mouse.move(from.x + 40, from.y + 40)
  await page.mouse.down()
  await page.mouse.move(to.x + 40, to.y + 40, { steps: 8 })
  await page.mouse.up()
  const corner = (await page.locator('[data-widget=w1] [data-test=corner]').boundingBox())!
  await page.mouse.move(corner.x + 8, corner.y + 8)
  await page.mouse.down()
  await page.mouse.move(corner.x + 8 + from.width, corner.y + 100, { steps: 8 })
  await page.mouse.up()
  await save(page)
  const saved = await dashboards.of(plc)
  expect(saved?.widgets.map(({ widgetKey, layout }) => [widgetKey, layout])).toEqual([
    ['w1', { x: 4, y: 0, w: 4, h: 2 }],
    ['w2', { x: 4, y: 2, w: 2, h: 1 }],
  ])

  // What is selected has its buttons; a second click configures it.
  await tile(page, 'w2').click()
  await page.locator('[data-widget=w2] [data-test=configure]').click()
  await expect(page.locator('[data-test=widget-settings] [name=type]')).toBeFocused()
  await page.locator('[data-test=widget-settings] [name=type]').selectOption('gauge')
  await expect(page.locator('[data-widget=w2]')).toHaveAttribute('data-type', 'gauge')
  await page.locator('[data-widget=w2] [data-test=duplicate]').click()
  await expect(page.locator('[data-widget=w3]')).toHaveAttribute('data-type', 'gauge')
  await tile(page, 'w1').click()
  await page.locator('[data-widget=w1] [data-test=remove]').click()
  await expect(page.locator('[data-widget]')).toHaveCount(2)
  for (const count of [3, 2, 2]) {
    await page.locator('[data-test=undo]').click()
    await expect(page.locator('[data-widget]')).toHaveCount(count)
  }
  // Back at what was saved, there is nothing to save.
  await expectSaved(page)
  await expect(page.locator('[data-test=undo]')).toBeEnabled()
  for (const count of [2, 3, 2]) {
    await page.locator('[data-test=redo]').click()
    await expect(page.locator('[data-widget]')).toHaveCount(count)
  }
  await expect(page.locator('[data-test=redo]')).toBeDisabled()
  await save(page)
  expect(
    (await dashboards.of(plc))?.widgets.map(({ widgetKey, type }) => [widgetKey, type]),
  ).toEqual(
    expect.arrayContaining([
      ['w2', 'gauge'],
      ['w3', 'gauge'],
    ]),
  )
})

test.describe('on a tablet', () => {
  test.use({ viewport: { width: 820, height: 1180 }, hasTouch: true })

  test('a finger adds, moves, resizes, configures, duplicates and deletes', async ({
    page,
    dashboards,
  }) => {
    await choose(page, 'light', 'es')
    const plc = await dashboards.freePlc()
    await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0), valueWidget(plc.metrics[1]!, 4)])
    await page.goto(`${plc.path}?edit=1`)
    await expect(tile(page, 'w1')).toBeVisible()
    const touch = await page.context().newCDPSession(page)
    const drag = async (from: { x: number; y: number }, dx: number, dy: number): Promise<void> => {
      const at = (part: number): object[] => [{ x: from.x + dx * part, y: from.y + dy * part }]
      await touch.send('Input.dispatchTouchEvent', {
        type: 'touchStart',
        touchPoints: at(0) as never,
      })
      for (let step = 1; step <= 8; step++) {
        await touch.send('Input.dispatchTouchEvent', {
          type: 'touchMove',
          touchPoints: at(step / 8) as never,
        })
      }
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    }
    const box = (await page.locator('[data-widget=w1] [data-test=grip]').boundingBox())!
    const width = (await tile(page, 'w1').boundingBox())!.width
    await drag({ x: box.x + box.width / 2, y: box.y + 8 }, width + 12, 184)
    await save(page)
    expect((await dashboards.of(plc))?.widgets.map(({ layout }) => layout)).toEqual([
      { x: 4, y: 0, w: 2, h: 1 },
      { x: 2, y: 2, w: 2, h: 1 },
    ])
    const body = (await tile(page, 'w2').boundingBox())!
    await drag({ x: body.x + 20, y: body.y + body.height - 20 }, 0, 200)
    await expect(page.locator('[data-test=save-state]')).toHaveText('Todo guardado')

    // The settings lie over the page, and only when they are asked for.
    await expect(page.locator('[data-test=panel]')).toBeHidden()
    await page.locator('[data-widget=w2] [data-test=configure]').click()
    await page.locator('[data-test=widget-settings] [name=place-w]').fill('4')
    await page.locator('[data-test=close-panel]').click()
    await save(page)
    expect(await findings(page)).toEqual([])

    await page.locator('[data-test=open-palette]').tap()
    await page.getByRole('radio', { name: 'Luz', exact: true }).tap()
    await page.locator(`[name="metric-${plc.metrics[2]!}"]`).tap()
    await page.locator('[data-test=add]').tap()
    await expect(page.locator('[data-widget=w3]')).toHaveAttribute('data-type', 'lamp')
    const before = (await page.locator('[data-widget=w3]').boundingBox())!
    const corner = (await page.locator('[data-widget=w3] [data-test=corner]').boundingBox())!
    await drag({ x: corner.x + 18, y: corner.y + 18 }, before.width / 2, 92)
    await expect
      .poll(async () => (await page.locator('[data-widget=w3]').boundingBox())!.height)
      .toBeGreaterThan(before.height * 1.5)
    // A finger that just let go is not at once elsewhere.
    await page.waitForTimeout(500)
    await page.locator('[data-widget=w3] [data-test=duplicate]').tap()
    await expect(page.locator('[data-widget]')).toHaveCount(4)
    await page.locator('[data-widget=w4] [data-test=remove]').tap()
    await expect(page.locator('[data-widget]')).toHaveCount(3)
    await save(page)
    expect((await dashboards.of(plc))?.widgets.find(({ type }) => type === 'lamp')?.layout).toEqual(
      expect.objectContaining({ w: 3, h: 2 }),
    )
    await page.locator('[data-test=leave-editor]').click()
    await expect(page.locator('[data-test=grid]')).toHaveAttribute('data-columns', '6')
    expect(await findings(page)).toEqual([])
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 780 } })

  test('it is read only', async ({ page, dashboards }) => {
    const plc = await dashboards.freePlc()
    await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0), valueWidget(plc.metrics[1]!, 4)])
    await page.goto(`${plc.path}?edit=1`)
    await expect(page.locator('[data-test=narrow]')).toBeVisible()
    await expect(page.locator('[data-test=dashboard] [data-widget]')).toHaveCount(2)
    await expect(page.locator('[data-test=edit]')).toHaveCount(0)
    expect(await findings(page)).toEqual([])
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBeLessThanOrEqual(0)
  })
})
