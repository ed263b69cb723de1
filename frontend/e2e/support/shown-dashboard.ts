import type { Page } from '@playwright/test'

/** The page of the dashboard that `showDashboard` answers. */
export const DASHBOARD = '/plc/granix/planta-1/plc-01/dashboard'

/** A widget as the API answers it, in a place on the grid of twelve columns. */
export function widget(
  key: string,
  type: string,
  [x, y, w, h]: readonly [x: number, y: number, w: number, h: number],
  options: object = {},
  metricId: string | null = null,
): object {
  const layout = { x, y, w, h }
  return {
    id: key,
    widgetKey: key,
    type,
    label: '',
    metricId,
    unit: null,
    dataType: null,
    layout,
    options,
  }
}

/** Answers a dashboard of these widgets, beside what the fixtures answer. */
export async function showDashboard(page: Page, widgets: readonly object[]): Promise<void> {
  const now = new Date().toISOString()
  const dashboard = {
    id: 'd1',
    version: 1,
    name: 'Sala',
    iconUrl: null,
    plcId: 'granix/planta-1/plc-01',
    tenant: 'granix',
    site: 'planta-1',
    plc: 'plc-01',
    plcName: 'Horno 1',
    widgets,
    createdAt: now,
    updatedAt: now,
  }
  await page.route('**/api/dashboards/**', (route) => route.fulfill({ json: dashboard }))
}
