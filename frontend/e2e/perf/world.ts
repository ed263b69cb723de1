/** One PLC with 500 metrics, and a dashboard with a tile for each and six trends. */

export const TILES = 500
export const TRENDS = 6
export const PENS = 3
export const POINTS = 3_600

export const USER = {
  email: 'perf@granix.example',
  name: null,
  admin: true,
  tenants: [],
  expiresAt: '2099-01-01T00:00:00.000Z',
}

export const PLC = {
  id: 'p1',
  tenant: 'granix',
  site: 'planta-1',
  plcId: 'plc-01',
  name: 'Horno 1',
  lastTs: new Date().toISOString(),
}

export const DASHBOARD_PATH = '/plc/granix/planta-1/plc-01/dashboard'

type Kind = 'value' | 'bar' | 'gauge' | 'lamp' | 'state_text'

export interface PerfMetric {
  id: string
  kind: Kind
}

/** Of 50 tiles in a row 34 are values, 6 bars, 2 gauges, 5 lamps and 3 words. */
function kindOf(index: number): Kind {
  const place = index % 50
  if (place < 34) return 'value'
  if (place < 40) return 'bar'
  if (place < 42) return 'gauge'
  return place < 47 ? 'lamp' : 'state_text'
}

export const METRICS: readonly PerfMetric[] = Array.from({ length: TILES }, (_, index) => ({
  id: `metric_${String(index).padStart(3, '0')}`,
  kind: kindOf(index),
}))

/** The first values, three for each trend. */
const PEN_METRICS = METRICS.filter(({ kind }) => kind === 'value').slice(0, TRENDS * PENS)

function valueOf({ id, kind }: PerfMetric, now: number): number | boolean | string {
  const phase = Number(id.slice(-3))
  const swing = Math.sin(now / 3_000 + phase) + 0.2 * Math.sin(now / 170 + phase * 3)
  if (kind === 'lamp') return swing > 0
  if (kind === 'state_text') return swing > 0 ? 'RUNNING' : 'SETUP'
  return Math.round((50 + 30 * swing) * 100) / 100
}

function byMetric<Value>(
  metrics: readonly PerfMetric[],
  pick: (metric: PerfMetric) => Value,
): Record<string, Value> {
  return Object.fromEntries(metrics.map((metric) => [metric.id, pick(metric)]))
}

function dataTypeOf({ kind }: PerfMetric): string {
  if (kind === 'lamp') return 'bool'
  return kind === 'state_text' ? 'string' : 'float'
}

export function snapshot(metrics: readonly PerfMetric[], isWhole: boolean): object {
  const now = Date.now()
  return {
    type: 'telemetry',
    tenant: PLC.tenant,
    site: PLC.site,
    plcId: PLC.plcId,
    ts: now,
    values: byMetric(metrics, (metric) => valueOf(metric, now)),
    quality: byMetric(metrics, () => 'GOOD'),
    ...(isWhole && {
      unit: byMetric(metrics, ({ kind }) => (kind === 'value' ? 'celsius' : null)),
      dataType: byMetric(metrics, dataTypeOf),
    }),
  }
}

export function state(): object {
  const now = Date.now()
  const { tenant, site, plcId } = PLC
  const values = byMetric(METRICS, (metric) => ({
    value: valueOf(metric, now),
    ts: new Date(now).toISOString(),
    quality: 'GOOD',
    unit: metric.kind === 'value' ? 'celsius' : null,
    dataType: dataTypeOf(metric),
  }))
  return { tenant, site, plcId, lastTs: new Date(now).toISOString(), values }
}

/** As many samples as are wanted of each pen, whatever the page asks for. */
export function history(query: URLSearchParams): object {
  const from = Date.parse(query.get('from')!)
  const to = Date.parse(query.get('to')!)
  const times = Array.from({ length: POINTS }, (_, index) =>
    Math.round(from + ((to - from) * index) / POINTS),
  )
  const columns = query
    .get('metric')!
    .split(',')
    .map((id) => ({
      metricId: id,
      unit: 'celsius',
      times,
      values: times.map((time) => valueOf({ id, kind: 'value' }, time)),
      qualities: times.map(() => 'GOOD'),
    }))
  return { resolution: 'raw', layout: 'columns', columns }
}

export function site(): object {
  return {
    id: 's1',
    tenant: PLC.tenant,
    site: PLC.site,
    province: 'ba',
    name: null,
    timeZone: 'America/Argentina/Buenos_Aires',
    plcs: 1,
    gateways: 0,
  }
}

export function dashboard(): object {
  const trends = Array.from({ length: TRENDS }, (_, index) => ({
    id: `t${String(index)}`,
    widgetKey: `t${String(index)}`,
    type: 'trend',
    label: `Tendencia ${String(index + 1)}`,
    metricId: null,
    unit: null,
    dataType: null,
    layout: { x: (index % 3) * 4, y: Math.floor(index / 3) * 3, w: 4, h: 3 },
    options: {
      range: '1h',
      series: PEN_METRICS.slice(index * PENS, (index + 1) * PENS).map(({ id }) => ({
        metricId: id,
      })),
    },
  }))
  const tiles = METRICS.map(({ id, kind }, index) => ({
    id,
    widgetKey: id,
    type: kind,
    label: '',
    metricId: id,
    unit: null,
    dataType: null,
    layout: { x: (index % 6) * 2, y: 6 + Math.floor(index / 6), w: 2, h: 1 },
    options: kind === 'value' ? { limits: { h: 85, hh: 95 } } : {},
  }))
  return {
    id: 'd1',
    version: 1,
    name: 'Quinientos',
    iconUrl: null,
    plcId: PLC.id,
    tenant: PLC.tenant,
    site: PLC.site,
    plc: PLC.plcId,
    plcName: PLC.name,
    widgets: [...trends, ...tiles],
    createdAt: new Date().toISOString(),
    updatedAt: new Date().toISOString(),
  }
}
