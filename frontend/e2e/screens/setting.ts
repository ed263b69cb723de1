import type { Page } from '@playwright/test'
import { plcs, raise } from '../support/stack-alarms.ts'
import { call, listed } from '../support/stack-api.ts'
import { publish } from '../support/stack-broker.ts'
import { DRYER, sendPast } from './past.ts'

interface Named {
  id: string
  version: number
  tenant: string
  site: string
  plcId: string
}

const PLANTS: Readonly<Record<string, string>> = {
  'planta-1': 'Acopio Pergamino',
  'planta-2': 'Acopio Río Cuarto',
  rafaela: 'Usina láctea Rafaela',
}
const PLCS: Readonly<Record<string, string>> = {
  'planta-1/plc-01': 'Noria 1',
  'planta-1/plc-02': 'Silo 1',
  'planta-1/plc-03': 'Secadora',
  'planta-1/plc-04': 'Molino 1',
  'planta-1/plc-05': 'Embolsadora',
  'planta-1/plc-06': 'Molino 2',
  'planta-2/plc-01': 'Secadora',
  'planta-2/plc-02': 'Silo 4',
  'planta-2/plc-03': 'Noria 2',
  'rafaela/caldera-1': 'Caldera 1',
  'rafaela/caldera-2': 'Caldera 2',
  'rafaela/envasado': 'Línea de envasado',
}
const RULES = [
  {
    name: 'Temperaturas, todo',
    priority: 300,
    metricId: 'temp_*',
    mode: 'both',
    rawRetentionDays: 365,
  },
  { name: 'Contadores por hora', priority: 200, metricId: '*_total', mode: 'hourly' },
  { name: 'Estados de Granix', priority: 150, tenant: 'granix', metricId: 'state', mode: 'raw' },
  {
    name: 'Sin vibraciones del molino 2',
    priority: 120,
    plcId: 'plc-06',
    metricId: 'vibration',
    mode: 'none',
  },
  { name: 'Todo lo demás', priority: 0, mode: 'both' },
]
const PEOPLE = [
  {
    email: 'guardia@granix.example',
    name: 'Guardia de planta',
    tenants: [{ tenant: 'granix', role: 'operator' }],
  },
  {
    email: 'mantenimiento@granix.example',
    name: 'Mantenimiento',
    tenants: [{ tenant: 'granix', role: 'tenant_admin' }],
  },
  {
    email: 'calidad@lacteos-sur.example',
    name: 'Calidad',
    tenants: [{ tenant: 'lacteos-sur', role: 'viewer' }],
  },
]
const ALARMS = [
  [
    'planta-1',
    'plc-03',
    'high',
    'temp_high',
    'Temperatura de cabezal alta: 93,4 °C (límite 90 °C)',
  ],
  [
    'planta-1',
    'plc-04',
    'critical',
    'vibration_high',
    'Vibración del molino muy alta: 7,2 mm/s (límite 6 mm/s)',
  ],
  ['planta-2', 'plc-02', 'medium', 'level_high', 'Nivel del silo alto: 92,1 % (límite 90 %)'],
  ['rafaela', 'caldera-1', 'low', 'maintenance_due', 'Purga de fondo pendiente desde hace 8 h'],
] as const

/** What a dashboard of the dryer has: one widget of every kind that has data. */
const WIDGETS = [
  widget('value', 'Temp. de cabezal', [0, 0, 3, 2], 'temp_head', { limits: { h: 90, hh: 95 } }),
  widget('gauge', 'Presión', [3, 0, 3, 4], 'pressure_bar', {
    min: 0,
    max: 6,
    normal: [2.5, 4.5],
    limits: { h: 5 },
    decimals: 1,
  }),
  widget('bar', 'Humedad de grano', [6, 0, 2, 2], 'grain_moisture', {
    min: 10,
    max: 18,
    normal: [13, 14.5],
  }),
  widget('lamp', 'Motor', [8, 0, 2, 2], 'motor_on', {
    onText: 'En marcha',
    offText: 'Parado',
    abnormalWhen: 'off',
  }),
  widget('state_text', 'Estado', [10, 0, 2, 2], 'state', {
    map: [
      { value: 'RUNNING', text: 'Secando' },
      { value: 'SETUP', text: 'Preparación' },
      { value: 'STOPPED', text: 'Parada', abnormal: true },
    ],
  }),
  widget('sparkline', 'Escape', [0, 2, 3, 2], 'temp_exhaust', { range: '1h' }),
  widget('text', 'Instrucciones', [6, 2, 3, 2], null, {
    text: 'Por encima de 95 °C: cerrar el quemador y avisar a mantenimiento.',
  }),
  widget('gateway_status', 'Gateway', [9, 2, 3, 2], null, {}),
  widget('trend', 'Cabezal y escape', [0, 4, 8, 4], null, {
    series: [
      { metricId: 'temp_head', label: 'Cabezal' },
      { metricId: 'temp_exhaust', label: 'Escape' },
      { metricId: 'pressure_bar', label: 'Presión', axis: 'right' },
    ],
    range: '6h',
    limits: { h: 90 },
  }),
  widget('table', 'Motores', [8, 4, 4, 4], null, {
    rows: [
      { metricId: 'fan_rpm', label: 'Ventilador' },
      { metricId: 'kwh', label: 'Energía' },
      { metricId: 'motor_on', label: 'Motor' },
    ],
  }),
  widget('alarm_list', 'Alarmas', [0, 8, 12, 3], null, { show: 'all' }),
]

function widget(
  type: string,
  label: string,
  place: readonly number[],
  metricId: string | null,
  options: object,
): object {
  const [x, y, w, h] = place
  return { type, label, metricId, layout: { x, y, w, h }, options }
}

/** Makes of a demo that has just begun a place somebody works with, once: names, a day of history, rules, people. */
export async function arrange(page: Page): Promise<void> {
  const write = async (method: string, path: string, body: object): Promise<unknown> => {
    const answer = await call(page, method, path, body)
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const rules = await listed<{ name: string }>(page, '/api/persist-rules')
  if (rules.some(({ name }) => name === RULES[0]!.name)) return

  for (const rule of RULES) await write('POST', '/api/persist-rules', rule)
  for (const plant of await listed<Named>(page, '/api/admin/plants')) {
    const name = PLANTS[plant.site] ?? plant.site
    await write('PUT', `/api/admin/plants/${plant.id}`, {
      ...plant,
      name,
      timeZone: 'America/Argentina/Buenos_Aires',
    })
  }
  const known = await listed<Named>(page, '/api/plcs?limit=500')
  for (const plc of known) {
    const name = PLCS[`${plc.site}/${plc.plcId}`]
    if (name !== undefined) await write('PUT', `/api/admin/plcs/${plc.id}`, { ...plc, name })
  }
  for (const person of PEOPLE) await write('POST', '/api/admin/users', person)
  await write('POST', '/api/admin/api-keys', {
    name: 'Reportes mensuales',
    tenant: 'granix',
    role: 'viewer',
  })
  const dryer = known.find(
    ({ tenant, site, plcId }) =>
      tenant === DRYER.tenant && site === DRYER.site && plcId === DRYER.plcId,
  )!
  await write('POST', `/api/admin/plcs/${dryer.id}/dashboard`, {
    name: 'Secadora',
    widgets: WIDGETS,
  })
  for (const [site, plcId, severity, type, message] of ALARMS) {
    const [tenant] = plcs().find((plc) => plc[1] === site && plc[2] === plcId)!
    raise({ tenant: tenant!, site, plcId, type, severity, message })
  }
  await sendPast(Date.now())
  await sendFaulty()
}

/** What a gateway in commissioning gets wrong. */
async function sendFaulty(): Promise<void> {
  const { tenant, province, site, gatewayId, plcId } = DRYER
  const topic = `factory/${tenant}/${province}/${site}/gateway/${gatewayId}/telemetry`
  const envelope = {
    schemaVersion: 1,
    type: 'telemetry',
    timestamp: Date.now(),
    tenant,
    province,
    plant: site,
    gatewayId,
    plcId,
  }
  await publish(
    topic,
    JSON.stringify({
      ...envelope,
      plant: 'planta-9',
      metricId: 'temp_head',
      value: 81.4,
      dataType: 'float',
      quality: 'GOOD',
    }),
  )
  await publish(
    topic,
    JSON.stringify({
      ...envelope,
      metricId: 'temp_head',
      value: '81,4',
      dataType: 'float',
      quality: 'GOOD',
    }),
  )
  await publish(topic, '{"schemaVersion":1,"type":"telem')
}
