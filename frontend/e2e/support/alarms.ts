import type { Route } from '@playwright/test'
import type { FakeAccounts } from './accounts.ts'

export interface FakeAlarm {
  id: string
  version: number
  tenant: string
  site: string
  plcId: string
  metricId: string | null
  ts: string
  type: string
  message: string
  severity: 'critical' | 'high' | 'medium' | 'low'
  acknowledged: boolean
  acknowledgedAt: string | null
  acknowledgedBy: string | null
  comment: string | null
  createdAt: string
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
const MINUTE = 60_000

/** One that nobody acknowledged, so many minutes old. */
export function alarm(minutes: number, part: Partial<FakeAlarm> = {}): FakeAlarm {
  const ts = new Date(Date.now() - minutes * MINUTE).toISOString()
  return {
    id: `0b6f5d0e-0000-4000-8000-${String(minutes).padStart(12, '0')}`,
    version: 1,
    tenant: 'granix',
    site: 'planta-1',
    plcId: 'plc-03',
    metricId: null,
    ts,
    type: 'high_limit',
    message: `Alarma de hace ${String(minutes)} min`,
    severity: 'high',
    acknowledged: false,
    acknowledgedAt: null,
    acknowledgedBy: null,
    comment: null,
    createdAt: ts,
    ...part,
  }
}

/** What a shift may find. */
export function someAlarms(): FakeAlarm[] {
  return [
    alarm(2, {
      severity: 'critical',
      metricId: 'motor_current',
      type: 'high_high_limit',
      message: 'Corriente del motor por encima de 110 A',
    }),
    alarm(14, {
      plcId: 'plc-01',
      metricId: 'temp_head',
      message: 'Temperatura de cabeza por encima de 190 °C',
    }),
    alarm(31, {
      site: 'planta-2',
      plcId: 'plc-02',
      severity: 'medium',
      metricId: 'belt_speed',
      type: 'deviation',
      message: 'La cinta se aparta más de 10 % de la consigna',
    }),
    alarm(95, {
      tenant: 'lacteos-sur',
      plcId: 'caldera-1',
      type: 'pressure',
      message: 'Presión de la caldera cerca del límite',
    }),
    alarm(180, {
      plcId: 'plc-05',
      severity: 'low',
      type: 'diagnostic',
      message: 'Batería del reloj baja',
      acknowledged: true,
      acknowledgedAt: new Date(Date.now() - 160 * MINUTE).toISOString(),
      acknowledgedBy: 'luis.paz@granix.example',
      comment: 'Se pidió el repuesto; llega el jueves.',
    }),
    alarm(1_500, {
      plcId: 'plc-04',
      severity: 'critical',
      type: 'stop',
      message: 'Parada de emergencia',
      acknowledged: true,
      acknowledgedAt: new Date(Date.now() - 1_498 * MINUTE).toISOString(),
      acknowledgedBy: 'ana.ruiz@granix.example',
    }),
  ]
}

/** The routes under /api/alarms. */
export class FakeAlarms {
  items: FakeAlarm[] = []
  /** They answer with this status instead; other routes go on. */
  failWith: number | null = null
  /** What becomes of some when they are to be acknowledged, whatever they are. */
  results = new Map<string, string>()
  /** What was asked of them. */
  asked: string[] = []
  bodies: { ids: string[]; comment?: string }[] = []

  async answer(route: Route, accounts: FakeAccounts): Promise<void> {
    const url = new URL(route.request().url())
    this.asked.push(url.pathname + url.search)
    if (this.failWith !== null) {
      await route.fulfill({
        status: this.failWith,
        contentType: 'application/problem+json',
        json: { title: 'out of order', status: this.failWith, code: 'internal' },
      })
    } else if (url.pathname.endsWith('/summary')) await route.fulfill({ json: this.summary() })
    else if (url.pathname.endsWith('/acknowledge')) await this.acknowledge(route, accounts)
    else await route.fulfill({ json: this.page(url.searchParams) })
  }

  /** As the live feed tells of one. */
  message({ type, ...facts }: FakeAlarm): object {
    return { ...facts, type: 'alarm', alarmType: type }
  }

  private summary(): object {
    const open = this.items.filter(({ acknowledged }) => !acknowledged)
    const counts = SEVERITIES.map((severity) => [
      severity,
      open.filter((each) => each.severity === severity).length,
    ])
    const [newest = null] = [...open].sort((a, b) => b.ts.localeCompare(a.ts))
    return { unacknowledged: Object.fromEntries(counts), newest }
  }

  private page(query: URLSearchParams): object {
    const is = (name: string, value: string): boolean => (query.get(name) ?? value) === value
    const from = Date.parse(query.get('from') ?? '')
    const to = Date.parse(query.get('to') ?? '')
    const found = this.items.filter(
      (each) =>
        is('acknowledged', String(each.acknowledged)) &&
        (query.get('severity')?.split(',').includes(each.severity) ?? true) &&
        is('tenant', each.tenant) &&
        is('site', each.site) &&
        is('plcId', each.plcId) &&
        is('type', each.type) &&
        !(Date.parse(each.ts) < from) &&
        !(Date.parse(each.ts) >= to),
    )
    found.sort((a, b) => b.ts.localeCompare(a.ts) || b.id.localeCompare(a.id))
    if (query.get('sort') === 'severity') {
      found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    }
    const start = Number(query.get('cursor') ?? 0)
    const end = start + Number(query.get('limit') ?? 50)
    return { items: found.slice(start, end), nextCursor: end < found.length ? String(end) : null }
  }

  private async acknowledge(route: Route, accounts: FakeAccounts): Promise<void> {
    const body = route.request().postDataJSON() as { ids: string[]; comment?: string }
    this.bodies.push(body)
    const results = body.ids.map((id) => ({ id, result: this.resultOf(id, body, accounts) }))
    await route.fulfill({ json: { results } })
  }

  private resultOf(id: string, { comment }: { comment?: string }, accounts: FakeAccounts): string {
    const found = this.items.find((each) => each.id === id)
    const set = this.results.get(id)
    if (set !== undefined || !found) return set ?? 'not_found'
    if (found.acknowledged) return 'already_acknowledged'
    found.acknowledged = true
    found.acknowledgedAt = new Date().toISOString()
    found.acknowledgedBy = accounts.user.email
    found.comment = comment ?? null
    found.version++
    return 'acknowledged'
  }
}
