import { readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { expectSaved, save, test, tile, valueWidget } from '../support/stack-dashboards.ts'
import { findings, logIn } from '../support/test.ts'

/** No work on a dashboard is lost: not to another editor, a reload or a wrong click. Against a running stack. */

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
  await expect(preview).toBeHidden()
  await expect(page.getByText('Versión 1 restaurada')).toBeVisible()
  await expect(page.locator('[data-test=editor] [data-widget=w1]')).toContainText('Primero')
  await expect(page.locator('[data-test=save-state]')).toHaveText('Todo guardado')
  const restored = await dashboards.of(plc)
  expect([restored?.version, restored?.widgets[0]?.label]).toEqual([3, 'Primero'])
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

test('a draft that is older than what somebody saved is said to be, and asks when it is saved', async ({
  page,
  dashboards,
}) => {
  const plc = await dashboards.freePlc()
  await dashboards.make(plc, [valueWidget(plc.metrics[0]!, 0)])
  await page.goto(`${plc.path}?edit=1`)
  await tile(page, 'w1').click()
  await page.locator('[data-test=widget-settings] [name=label]').fill('Borrador')
  await page.locator('[data-test=leave-editor]').click()
  await page
    .locator('[data-test=leave]')
    .getByRole('button', { name: 'Salir y dejar el borrador' })
    .click()
  await expect(page).toHaveURL(plc.path)
  await dashboards.rename(plc, 'dash-e2e de otro')

  await page.locator('[data-test=edit]').click()
  await expect(page.locator('[data-test=draft-old]')).toBeVisible()
  await page.locator('[data-test=draft]').getByRole('button', { name: 'Seguir con ellos' }).click()
  await page.locator('[data-test=save]').click()
  const dialog = page.locator('[data-test=conflict]')
  await expect(dialog.locator('[data-test=mine]')).toContainText('Borrador')
  await expect(dialog.locator('[data-test=theirs] [data-kind=renamed]')).toBeVisible()
  await dialog.getByRole('button', { name: 'Guardar la mía encima' }).click()
  await expectSaved(page)
  expect((await dashboards.of(plc))?.version).toBe(3)
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

  // A file in the place of what is there, with a metric that never came; undo leads back.
  const document = JSON.parse(readFileSync(file, 'utf8')) as { widgets: object[] }
  document.widgets.push({ ...valueWidget('never_came', 2), widgetKey: 'w9' })
  await page.locator('[data-test=panel] [data-test=import-file]').setInputFiles({
    name: 'otro.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(document)),
  })
  await page
    .locator('[data-test=confirm]')
    .getByRole('button', { name: /importar/i })
    .click()
  await expect(page.locator('[data-test=unknown-metrics]')).toContainText('never_came')
  await expect(page.locator('[data-widget]')).toHaveCount(2)
  expect(await findings(page)).toEqual([])
  await page.locator('[data-test=undo]').click()
  await expect(page.locator('[data-widget]')).toHaveCount(1)
  await save(page)

  // What is no file of ours is said to be none, and changes nothing.
  await page.locator('[data-test=panel] [data-test=import-file]').setInputFiles({
    name: 'nota.json',
    mimeType: 'application/json',
    buffer: Buffer.from('hola'),
  })
  await page
    .locator('[data-test=confirm]')
    .getByRole('button', { name: /importar/i })
    .click()
  await expect(page.locator('[data-test=unreadable]')).toBeVisible()
  await expectSaved(page)

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
