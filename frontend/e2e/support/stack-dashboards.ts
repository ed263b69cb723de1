import { expect, type Locator, type Page } from '@playwright/test'
import { call, listed, type Answer } from './stack-api.ts'
import { forgive, logIn, test as base } from './test.ts'

export interface StackPlc {
  id: string
  tenant: string
  site: string
  plcId: string
  /** Names of metrics that come now, those with decimals first. */
  metrics: string[]
  /** Address of its dashboard's page. */
  path: string
}

export interface SavedDashboard {
  id: string
  version: number
  name: string
  widgets: {
    id: string
    widgetKey: string
    type: string
    label: string
    layout: object
    options: Record<string, unknown>
  }[]
}

const RECENT_MS = 30_000
const RANKS = ['float', 'int', 'bool', 'string']

/** The dashboards of a running stack, for tests that make and remove their own. */
export class StackDashboards {
  private readonly page: Page
  private readonly taken: StackPlc[] = []

  constructor(page: Page) {
    this.page = page
  }

  /** A PLC that has no dashboard, the one of which the most comes now. */
  async freePlc(): Promise<StackPlc> {
    const plcs = await listed<Omit<StackPlc, 'metrics' | 'path'>>(this.page, '/api/plcs?limit=500')
    const dashboards = await listed<{ plcId: string }>(this.page, '/api/admin/dashboards?limit=500')
    const isTaken = new Set(dashboards.map(({ plcId }) => plcId))
    const found: StackPlc[] = []
    for (const plc of plcs.filter(({ id }) => !isTaken.has(id))) {
      const { tenant, site, plcId } = plc
      const state = await call(
        this.page,
        'GET',
        `/api/plcs/${site}/${plcId}/state?tenant=${tenant}`,
      )
      const { values } = state.body as { values: Record<string, { dataType: string; ts: string }> }
      const rank = (name: string): number => RANKS.indexOf(values[name]!.dataType)
      const metrics = Object.keys(values)
        .filter((name) => Date.now() - Date.parse(values[name]!.ts) < RECENT_MS)
        .sort((a, b) => rank(a) - rank(b))
      found.push({ ...plc, metrics, path: `/plc/${tenant}/${site}/${plcId}/dashboard` })
    }
    found.sort((a, b) => b.metrics.length - a.metrics.length)
    const [plc] = found
    if (!plc || plc.metrics.length < 3) throw new Error('the stack has no PLC without a dashboard')
    this.taken.push(plc)
    return plc
  }

  async make(plc: StackPlc, widgets: object[], name = 'dash-e2e'): Promise<SavedDashboard> {
    const path = `/api/admin/plcs/${plc.id}/dashboard`
    const { status, body } = await call(this.page, 'POST', path, { name, widgets })
    if (status !== 201)
      throw new Error(`${path} answered ${String(status)}: ${JSON.stringify(body)}`)
    return body as SavedDashboard
  }

  async of(plc: StackPlc): Promise<SavedDashboard | null> {
    const { status, body } = await call(this.page, 'GET', `/api/admin/plcs/${plc.id}/dashboard`)
    return status === 200 ? (body as SavedDashboard) : null
  }

  /** Saves it under another name, as somebody else would. */
  async rename(plc: StackPlc, name: string): Promise<void> {
    const present = await this.of(plc)
    if (!present) throw new Error('there is no dashboard to rename')
    await call(this.page, 'PUT', `/api/admin/dashboards/${present.id}`, { ...present, name })
  }

  /** Removes what was made on the PLCs this test took. */
  async clear(): Promise<void> {
    for (const plc of this.taken) {
      const present = await this.of(plc)
      if (!present) continue
      const query = `?version=${String(present.version)}`
      await call(this.page, 'DELETE', `/api/admin/dashboards/${present.id}${query}`)
    }
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    return call(this.page, method, path, body)
  }
}

/** A widget as the API takes it. */
export function valueWidget(metricId: string, x: number, label = metricId): object {
  return { type: 'value', metricId, label, layout: { x, y: 0, w: 2, h: 1 } }
}

/** Each test makes its own dashboard, as whom the environment names, and removes it. */
export const test = base.extend<{ dashboards: StackDashboards }>({
  dashboards: async ({ page, complaints }, use) => {
    test.slow()
    await logIn(page)
    forgive(complaints, /401/)
    const dashboards = new StackDashboards(page)
    await use(dashboards)
    // What a failed test left unsaved would ask first.
    page.on('dialog', (dialog) => void dialog.accept())
    await page.goto('/account')
    await dashboards.clear()
    // The browser itself reports that there was no dashboard yet, or that somebody was faster.
    forgive(complaints, /40[149]/)
  },
})

/** The button that covers a tile in the editor. */
export function tile(page: Page, key: string): Locator {
  return page.locator(`[data-widget=${key}] [data-test=tile]`)
}

export async function expectSaved(page: Page): Promise<void> {
  await expect(page.locator('[data-test=save-state]')).toHaveText('Todo guardado')
}

export async function save(page: Page): Promise<void> {
  await page.locator('[data-test=save]').click()
  await expectSaved(page)
}
