import type { Page } from '@playwright/test'

export interface StackPlc {
  id: string
  tenant: string
  site: string
  plcId: string
  /** Names of metrics, numbers first. */
  metrics: string[]
  /** Address of its dashboard's page. */
  path: string
}

interface Answer {
  status: number
  body: unknown
}

/** Calls the stack's API from its own page: the backend takes writes from there alone. */
async function call(page: Page, method: string, path: string, body?: object): Promise<Answer> {
  return page.evaluate(
    async ([method, path, text]) => {
      const answer = await fetch(path, {
        method,
        ...(text !== null && { body: text, headers: { 'content-type': 'application/json' } }),
      })
      const content = await answer.text()
      return { status: answer.status, body: content === '' ? null : JSON.parse(content) }
    },
    [method, path, body === undefined ? null : JSON.stringify(body)] as const,
  )
}

interface SavedDashboard {
  id: string
  version: number
  name: string
  widgets: { id: string; widgetKey: string; type: string; label: string; layout: object }[]
}

/** The dashboards of a running stack, for tests that make and remove their own. */
export class StackDashboards {
  private readonly page: Page
  private readonly taken: StackPlc[] = []

  constructor(page: Page) {
    this.page = page
  }

  /** A PLC that has no dashboard, the one with the most metrics. */
  async freePlc(): Promise<StackPlc> {
    const plcs = (await this.items('/api/plcs?limit=500')) as Omit<StackPlc, 'metrics' | 'path'>[]
    const dashboards = (await this.items('/api/admin/dashboards?limit=500')) as { plcId: string }[]
    const isTaken = new Set(dashboards.map(({ plcId }) => plcId))
    const found: StackPlc[] = []
    for (const plc of plcs.filter(({ id }) => !isTaken.has(id))) {
      const { tenant, site, plcId } = plc
      const state = await call(
        this.page,
        'GET',
        `/api/plcs/${site}/${plcId}/state?tenant=${tenant}`,
      )
      const { values } = state.body as { values: Record<string, { dataType: string }> }
      const isNumber = (name: string): boolean => /float|int/.test(values[name]?.dataType ?? '')
      const metrics = Object.keys(values).sort((a, b) => Number(isNumber(b)) - Number(isNumber(a)))
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

  private async items(path: string): Promise<unknown[]> {
    return ((await call(this.page, 'GET', path)).body as { items: unknown[] }).items
  }
}

/** A widget as the API takes it. */
export function valueWidget(metricId: string, x: number, label = metricId): object {
  return { type: 'value', metricId, label, layout: { x, y: 0, w: 2, h: 1 } }
}
