import type { Route } from '@playwright/test'

interface FakeWidget {
  id: string
  widgetKey: string
  type: string
  label: string
  metricId: string | null
  unit: string | null
  dataType: string | null
  layout: { x: number; y: number; w: number; h: number }
  options: Record<string, unknown>
}

export interface FakeDashboard {
  id: string
  version: number
  name: string
  iconUrl: string | null
  plcId: string
  tenant: string
  site: string
  plc: string
  plcName: string | null
  widgets: FakeWidget[]
  updatedAt: string
  updatedBy: string
}

interface Sent {
  name: string
  version?: number
  widgets?: (Partial<FakeWidget> & { type: string })[]
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()
const DAY = 86_400_000

function widget(
  widgetKey: string,
  type: string,
  [x, y, w, h]: [x: number, y: number, w: number, h: number],
  part: Partial<FakeWidget> = {},
): FakeWidget {
  return {
    id: `widget-${widgetKey}`,
    widgetKey,
    type,
    label: '',
    metricId: null,
    unit: null,
    dataType: null,
    layout: { x, y, w, h },
    options: {},
    ...part,
  }
}

/** A dashboard of an oven with every kind of widget, as somebody might build one. */
export function ovenDashboard(part: Partial<FakeDashboard> = {}): FakeDashboard {
  return {
    id: 'dashboard-1',
    version: 7,
    name: 'Mezcladora: turno',
    iconUrl: null,
    plcId: 'granix/planta-1/plc-06',
    tenant: 'granix',
    site: 'planta-1',
    plc: 'plc-06',
    plcName: 'Mezcladora',
    updatedAt: ago(DAY),
    updatedBy: 'marta.sosa@granix.example',
    widgets: [
      widget('w1', 'value', [0, 0, 3, 1], {
        label: 'Cabeza',
        metricId: 'temp_head',
        options: { decimals: 1, limits: { ll: null, l: 170, h: 180, hh: 195 } },
      }),
      widget('w2', 'value', [3, 0, 3, 1], { label: 'Cola', metricId: 'temp_tail' }),
      widget('w3', 'bar', [6, 0, 3, 1], {
        label: 'Humedad',
        metricId: 'humidity',
        options: { normal: [35, 48], limits: { ll: null, l: null, h: 55, hh: null } },
      }),
      widget('w4', 'lamp', [9, 0, 1, 1], { label: 'Quemador', metricId: 'burner_on' }),
      widget('w5', 'gauge', [10, 0, 2, 1], { metricId: 'torque' }),
      widget('w6', 'gauge', [9, 1, 3, 2], {
        label: 'Par',
        metricId: 'torque',
        options: { min: 200, max: 400, normal: [280, 340] },
      }),
      widget('w7', 'trend', [0, 1, 9, 4], {
        label: 'Temperaturas y humedad',
        options: {
          range: '15m',
          series: [
            { metricId: 'temp_head', axis: 'left' },
            { metricId: 'temp_tail', axis: 'left' },
            { metricId: 'humidity', axis: 'right' },
          ],
        },
      }),
      widget('w8', 'sparkline', [9, 3, 3, 1], { label: 'Presión', metricId: 'pressure_out' }),
      widget('w9', 'state_text', [9, 4, 3, 1], {
        label: 'Receta',
        metricId: 'recipe',
        options: { map: [{ value: 'AVENA-04', text: 'Avena fina', abnormal: false }] },
      }),
      widget('w10', 'table', [0, 5, 4, 4], { label: 'Todo el PLC' }),
      widget('w11', 'alarm_list', [4, 5, 5, 4], { label: 'Alarmas' }),
      widget('w12', 'gateway_status', [9, 5, 3, 2], { label: 'Gateways' }),
      widget('w13', 'text', [9, 7, 3, 1], {
        options: { text: 'Limpieza los martes a las 6: https://intranet.granix.example/limpieza' },
      }),
      widget('w14', 'value', [9, 8, 3, 1], { label: 'Vapor', metricId: 'steam_flow' }),
    ],
    ...part,
  }
}

/** The routes of dashboards, those of viewers and those of who manages them. */
export class FakeDashboards {
  items: FakeDashboard[] = [ovenDashboard()]
  /** Somebody else saves under this name just before the next write. */
  overtakeAs: string | null = null
  /** Answers every call with this status. */
  failWith: number | null = null
  /** Answers writes with this status. */
  failWritesWith: number | null = null
  private made = 1

  knows(path: string): boolean {
    return /^\/api\/(dashboards\/|admin\/dashboards|admin\/plcs\/.+\/dashboard)/.test(path)
  }

  async answer(route: Route): Promise<void> {
    const url = new URL(route.request().url())
    const method = route.request().method()
    const parts = url.pathname.split('/').slice(2)
    if (this.failWith !== null) await refuse(route, this.failWith, 'internal_error')
    else if (parts[0] === 'dashboards') await this.view(route, url)
    else if (parts[1] === 'plcs') await this.make(route, parts.slice(2, -1).join('/'))
    else if (parts[2] === undefined) await this.list(route)
    else {
      const found = this.items.find(({ id }) => id === parts[2])
      if (!found) await refuse(route, 404, 'not_found')
      else if (parts[3] === 'versions') await this.versions(route, found, parts[4])
      else if (method === 'GET') await route.fulfill({ json: found })
      else await this.write(route, found)
    }
  }

  private async view(route: Route, url: URL): Promise<void> {
    const [site, plc] = url.pathname.split('/').slice(3)
    const tenant = url.searchParams.get('tenant')
    const found = this.items.find(
      (each) => each.site === site && each.plc === plc && each.tenant === tenant,
    )
    if (found) await route.fulfill({ json: found })
    else await refuse(route, 404, 'not_found')
  }

  private async list(route: Route): Promise<void> {
    const items = this.items.map(({ widgets, ...each }) => ({
      ...each,
      widgetCount: widgets.length,
    }))
    await route.fulfill({ json: { items, nextCursor: null } })
  }

  private async make(route: Route, plcId: string): Promise<void> {
    const [tenant = '', site = '', plc = ''] = plcId.split('/')
    if (this.failWritesWith !== null) {
      await refuse(route, this.failWritesWith, 'timeout')
      return
    }
    const { name } = route.request().postDataJSON() as Sent
    const id = `dashboard-${String(++this.made)}`
    const names = { id, name, version: 1, plcId, tenant, site, plc, plcName: null }
    const dashboard = ovenDashboard({ ...names, widgets: [] })
    this.items.push(dashboard)
    await route.fulfill({ status: 201, json: dashboard })
  }

  private async write(route: Route, found: FakeDashboard): Promise<void> {
    if (this.overtakeAs !== null) {
      found.name = this.overtakeAs
      found.version++
      found.updatedAt = new Date().toISOString()
      found.widgets = found.widgets.slice(1)
      this.overtakeAs = null
    }
    if (this.failWritesWith !== null) await refuse(route, this.failWritesWith, 'timeout')
    else if (route.request().method() === 'DELETE') {
      this.items = this.items.filter((each) => each !== found)
      await route.fulfill({ status: 204 })
    } else {
      const { name, version, widgets } = route.request().postDataJSON() as Sent
      if (version !== found.version) {
        await refuse(route, 409, 'stale_version')
        return
      }
      found.name = name
      found.version++
      found.widgets = (widgets ?? []).map((each, index) => ({
        ...widget(each.widgetKey ?? `w${String(index)}`, each.type, [0, 0, 1, 1]),
        ...each,
      }))
      await route.fulfill({ json: found })
    }
  }

  /** As many as the version says, the present one first. */
  private async versions(
    route: Route,
    found: FakeDashboard,
    version: string | undefined,
  ): Promise<void> {
    if (version !== undefined) {
      const former = { ...found, version: Number(version), name: 'Mezcladora' }
      await route.fulfill({ json: { ...former, widgets: found.widgets.slice(0, 6) } })
      return
    }
    const changes = [
      'update',
      'add_widget',
      'restore',
      'update_widget',
      'import',
      'reorder',
    ] as const
    const items = Array.from({ length: found.version }, (_, index) => ({
      version: found.version - index,
      at: ago(DAY * (index + 1)),
      by: index % 2 === 0 ? 'marta.sosa@granix.example' : 'admin@vigia.example',
      change: index === found.version - 1 ? 'create' : changes[index % changes.length],
      subject: index % changes.length === 0 ? null : index % changes.length === 2 ? '3' : 'w4',
      name: found.name,
      widgetCount: Math.max(0, found.widgets.length - index),
    }))
    await route.fulfill({ json: { items, nextCursor: null } })
  }
}

async function refuse(route: Route, status: number, code: string): Promise<void> {
  await route.fulfill({
    status,
    contentType: 'application/problem+json',
    json: { title: code, status, code, detail: code },
  })
}
