import { expect, type Page } from '@playwright/test'
import { StackDashboards, valueWidget } from '../support/dashboards.ts'
import { choose, findings, forgive, logIn, test as base } from '../support/test.ts'

/** Against a running stack whose simulator publishes. Each test makes its own dashboard and removes it. */
const test = base.extend<{ dashboards: StackDashboards }>({
  dashboards: async ({ page, complaints }, use) => {
    test.slow()
    await logIn(page)
    forgive(complaints, /401/)
    const dashboards = new StackDashboards(page)
    await use(dashboards)
    await page.goto('/')
    await dashboards.clear()
    // The browser itself reports that there was no dashboard yet, or that somebody was faster.
    forgive(complaints, /40[149]/)
  },
})

function tile(page: Page, key: string): ReturnType<Page['locator']> {
  return page.locator(`[data-widget=${key}] [data-test=tile]`)
}

async function save(page: Page): Promise<void> {
  await page.locator('[data-test=save]').click()
  await expect(page.locator('[data-test=save-state]')).toHaveText('Todo guardado')
}

test('a dashboard is built from nothing, saved, and lives', async ({ page, dashboards }) => {
  const plc = await dashboards.freePlc()
  await page.goto('/dashboards')
  await page.locator('[data-test=create]').click()
  await page.locator('[name=plc-search]').fill(plc.plcId)
  await page.locator(`[data-plc="${plc.tenant}/${plc.site}/${plc.plcId}"] input`).check()
  await page.locator('[data-test=create-dialog] [name=name]').fill('dash-e2e')
  await page.locator('[data-test=confirm-create]').click()
  await expect(page).toHaveURL(`${plc.path}?edit=1`)

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

test('two editors meet, and nobody loses work', async ({ page, dashboards, browser }) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0), valueWidget(plc.metrics[1]!, 2)])
  const other = await (await browser.newContext()).newPage()
  await logIn(other)
  for (const each of [page, other]) {
    await each.goto(`${plc.path}?edit=1`)
    await expect(each.locator('[data-widget]')).toHaveCount(2)
  }
  await tile(other, 'w1').focus()
  await other.keyboard.press('Delete')
  await save(other)

  await tile(page, 'w2').click()
  await page.locator('[data-test=widget-settings] [name=label]').fill('Mío')
  await page.locator('[data-test=save]').click()
  const dialog = page.locator('[data-test=conflict]')
  await expect(dialog).toContainText('versión 2')
  await expect(dialog.locator('[data-test=theirs]')).toContainText(plc.metrics[0]!)
  await expect(dialog.locator('[data-test=mine]')).toContainText('Mío')
  expect(await findings(page)).toEqual([])

  // To keep the draft saves nothing; asked again, theirs is taken, and undo brings mine back.
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect((await dashboards.of(plc))?.version).toBe(2)
  await page.locator('[data-test=save]').click()
  await dialog.getByRole('button', { name: 'Tomar la guardada' }).click()
  await expect(page.locator('[data-widget]')).toHaveCount(1)
  await page.locator('[data-test=undo]').click()
  await expect(page.locator('[data-widget]')).toHaveCount(2)
  await save(page)
  const saved = await dashboards.of(plc)
  expect(saved?.version).toBe(3)
  expect(saved?.widgets.map(({ label }) => label).sort()).toContain('Mío')

  // The other one overwrites: what is replaced stays in the history.
  await tile(other, 'w2').click()
  await other.locator('[data-test=widget-settings] [name=label]').fill('Suyo')
  await other.locator('[data-test=save]').click()
  await other.getByRole('button', { name: 'Guardar la mía encima' }).click()
  await expect(other.locator('[data-test=save-state]')).toHaveText('Todo guardado')
  expect((await dashboards.of(plc))?.widgets.map(({ label }) => label)).toEqual(['Suyo'])
  await other.context().close()
})

test('a former version is looked at and made the present one again', async ({
  page,
  dashboards,
}) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0, 'Primero')])
  await page.goto(`${plc.path}?edit=1`)
  await tile(page, 'w1').click()
  await page.locator('[data-test=widget-settings] [name=label]').fill('Segundo')
  await save(page)

  await page.keyboard.press('Escape')
  await tile(page, 'w1').focus()
  await page.keyboard.press('Escape')
  await page.locator('[data-test=open-history]').click()
  await expect(page.locator('[data-version]')).toHaveCount(2)
  await page.locator('[data-version="1"]').click()
  const preview = page.locator('[data-test=preview]')
  await expect(preview).toContainText('Primero')
  expect(await findings(page)).toEqual([])
  await page.locator('[data-test=restore]').click()
  await expect(page.locator('[data-test=editor] [data-widget=w1]')).toContainText('Primero')
  await expect(page.locator('[data-test=save-state]')).toHaveText('Todo guardado')
  const restored = await dashboards.of(plc)
  expect([restored?.version, restored?.widgets[0]?.label]).toEqual([3, 'Primero'])
})

test('everything is done by keyboard alone', async ({ page, dashboards }) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0), valueWidget(plc.metrics[1]!, 2)])
  await page.goto(plc.path)
  await expect(page.locator('[data-test=dashboard] [data-widget]')).toHaveCount(2)
  await page.keyboard.press('e')
  await expect(page).toHaveURL(/edit=1/)

  const tabTo = async (target: ReturnType<Page['locator']>): Promise<void> => {
    for (let presses = 0; presses < 80; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error('Tab does not lead there')
  }
  await expect(tile(page, 'w1')).toBeVisible()
  await tabTo(tile(page, 'w1'))
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

test('a mouse drags, and what is in the way makes way', async ({ page, dashboards }) => {
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
})

test('work that was not saved is asked for, kept and offered back', async ({
  page,
  dashboards,
}) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0)])
  await page.goto(`${plc.path}?edit=1`)
  await tile(page, 'w1').click()
  // What comes to nothing is no difference, and nobody is asked.
  const label = page.locator('[data-test=widget-settings] [name=label]')
  await label.fill('Otro')
  await label.fill(plc.metrics[0]!)
  await page.locator('[data-test=leave-editor]').click()
  await expect(page).toHaveURL(plc.path)

  await page.locator('[data-test=edit]').click()
  await tile(page, 'w1').click()
  await label.fill('Borrador')
  await page.locator('[data-test=leave-editor]').click()
  const leave = page.locator('[data-test=leave]')
  await expect(leave).toBeVisible()
  expect(await findings(page)).toEqual([])
  await leave.getByRole('button', { name: 'Seguir editando' }).click()
  await expect(label).toHaveValue('Borrador')
  await page.waitForTimeout(700)
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()

  const draft = page.locator('[data-test=draft]')
  await expect(draft).toContainText('Borrador')
  expect(await findings(page)).toEqual([])
  // Somebody else saves meanwhile: that shows when it is saved.
  await draft.getByRole('button', { name: 'Seguir con ellos' }).click()
  await expect(page.locator('[data-widget=w1]')).toContainText('Borrador')
  await page.locator('[data-test=leave-editor]').click()
  await leave.getByRole('button', { name: 'Salir y descartar los cambios' }).click()
  await expect(page).toHaveURL(plc.path)
  await page.locator('[data-test=edit]').click()
  await expect(page.locator('[data-widget=w1]')).toBeVisible()
  await expect(draft).toBeHidden()
})

test('it is taken to another PLC as a file and as a copy', async ({ page, dashboards }) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0, 'Viajero')])
  const target = await dashboards.freePlc()
  await page.goto(`${plc.path}?edit=1`)
  const download = page.waitForEvent('download')
  await page.locator('[data-test=export]').click()
  const file = await (await download).path()

  await page.goto(target.path)
  await page.locator('[data-test=new-from-file]').setInputFiles(file)
  await expect(page.locator('[data-test=editor] [data-widget=w1]')).toContainText('Viajero')
  await page.locator('[data-test=delete-dashboard]').click()
  await page.locator('[data-test=confirm]').getByRole('button', { name: 'Eliminar' }).click()
  await expect(page.locator('[data-test=empty]')).toBeVisible()
  expect(await dashboards.of(target)).toBeNull()

  await page.goto('/dashboards')
  await page
    .locator('[data-dashboard]', { hasText: plc.plcId })
    .first()
    .locator('[data-test=copy]')
    .click()
  await page.locator('[name=plc-search]').fill(target.plcId)
  await page.locator(`[data-plc="${target.tenant}/${target.site}/${target.plcId}"] input`).check()
  await page.locator('[data-test=confirm-copy]').click()
  await expect(page.locator('[data-test=toast]')).toContainText('Copiado')
  expect((await dashboards.of(target))?.widgets[0]?.label).toBe('Viajero')
})

test('who only reads sees it, and is told who can make one', async ({ dashboards, browser }) => {
  const plc = await dashboards.freePlc()
  const email = `dash-e2e-${String(Date.now())}@granix.example`
  const tenants = [{ tenant: plc.tenant, role: 'viewer' }]
  const user = (await dashboards.call('POST', '/api/admin/users', { email, tenants })).body as {
    id: string
    version: number
    passwordLink: { url: string }
  }
  const reader = await (await browser.newContext({ locale: 'es-AR' })).newPage()
  await reader.goto(new URL(user.passwordLink.url).pathname + new URL(user.passwordLink.url).hash)
  await reader.locator('[name=new-password]').fill('harina y agua a las 7')
  await reader.locator('[name=repeat-password]').fill('harina y agua a las 7')
  await reader.locator('[data-test=set-password] [type=submit]').click()
  await expect(reader.locator('[data-test=ending]')).toBeVisible()
  await logIn(reader, email, 'harina y agua a las 7')
  await reader.goto(plc.path)
  await expect(reader.locator('[data-test=empty]')).toContainText('administra')
  await expect(reader.locator('[data-test=make]')).toHaveCount(0)

  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0)])
  await reader.goto(`${plc.path}?edit=1`)
  await expect(reader.locator('[data-test=dashboard] [data-widget=w1]')).toBeVisible()
  await expect(reader.locator('[data-test=edit]')).toHaveCount(0)
  await expect(reader.locator('[data-test=editor]')).toHaveCount(0)
  await reader.context().close()
  const present = (await dashboards.call('GET', `/api/admin/users/${user.id}`)).body as {
    version: number
  }
  await dashboards.call('DELETE', `/api/admin/users/${user.id}?version=${String(present.version)}`)
})

test.describe('on a tablet', () => {
  test.use({ viewport: { width: 820, height: 1180 }, hasTouch: true })

  test('a finger moves a widget by its handle and scrolls the page elsewhere', async ({
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
