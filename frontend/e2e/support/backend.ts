import type { Page, Route, WebSocketRoute } from '@playwright/test'
import { FakeAccounts } from './accounts.ts'
import { FakeAlarms } from './alarms.ts'
import { FakeAdmin } from './admin.ts'
import { FakeDashboards } from './dashboards.ts'
import { FakeQuarantine } from './quarantine.ts'
import { FakeRules } from './rules.ts'
import { gateways, PLCS, SITES, type Metric, type Plc } from './factory.ts'
import { columns, readQuestion } from './history.ts'

/** The text of a message; integers beyond 2^53 are written with all their digits. */
export type Message = object | string

/** What it answers can be changed by a test before and while the page is open. */
export class FakeBackend {
  /** Somebody is logged in, unless a test says otherwise. */
  readonly accounts = new FakeAccounts(() => void this.closeSockets(4401, 'session ended'))
  readonly alarms = new FakeAlarms()
  readonly admin = new FakeAdmin()
  readonly dashboards = new FakeDashboards()
  readonly rules = new FakeRules()
  readonly quarantine = new FakeQuarantine()
  plcs: Plc[] = PLCS
  sites: object[] = SITES
  /** REST answers with this status instead of data; accounts and alarms are another matter. */
  failWith: number | null = null
  /** New sockets are closed at once, as by a proxy that knows no WebSocket. */
  refuseSockets = false
  /** Open sockets stay open and say nothing. */
  isSilent = false
  sent: string[] = []
  socketAddresses: string[] = []
  /** What was asked for of history, as addresses without their host. */
  readonly asked: string[] = []
  gateways: (now: number) => object[] = gateways
  /** Pauses in the history, as seconds before now. */
  historyGap: [from: number, to: number] = [420, 330]

  private readonly sockets = new Set<WebSocketRoute>()
  private readonly timers: NodeJS.Timeout[] = []

  async install(page: Page): Promise<void> {
    await page.route('**/api/**', (route) => this.answer(route))
    await this.admin.install(page)
    await page.routeWebSocket(/\/ws(\?|$)/, (socket) => {
      this.accept(socket)
    })
    this.timers.push(setInterval(() => this.say({ type: 'tick' }), 1_000))
  }

  /** Sends the values of every PLC as time goes on. */
  stream(everyMs = 1_000): void {
    this.timers.push(
      setInterval(() => this.plcs.forEach((plc) => this.say(telemetry(plc, false))), everyMs),
    )
  }

  dispose(): void {
    this.timers.forEach(clearInterval)
  }

  say(message: Message): void {
    if (this.isSilent) return
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    for (const socket of this.sockets) socket.send(text)
  }

  async cut(): Promise<void> {
    await this.closeSockets(1012, 'restart')
  }

  private async closeSockets(code: number, reason: string): Promise<void> {
    const open = [...this.sockets]
    this.sockets.clear()
    await Promise.all(open.map((socket) => socket.close({ code, reason })))
  }

  private accept(socket: WebSocketRoute): void {
    this.socketAddresses.push(socket.url())
    if (this.refuseSockets || !this.accounts.isSignedIn) {
      void socket.close({ code: 1011 })
      return
    }
    this.sockets.add(socket)
    socket.onClose(() => this.sockets.delete(socket))
    socket.onMessage((message) => {
      this.sent.push(String(message))
      this.snapshot(socket)
    })
    this.snapshot(socket)
  }

  private snapshot(socket: WebSocketRoute): void {
    if (this.isSilent) return
    for (const plc of this.plcs) socket.send(JSON.stringify(telemetry(plc, true)))
    socket.send(JSON.stringify({ type: 'tick' }))
  }

  private async answer(route: Route): Promise<void> {
    const url = new URL(route.request().url())
    const [, , resource, site, plcId] = url.pathname.split('/')
    if (resource === 'auth') {
      await this.accounts.answer(route, url.pathname.split('/').slice(3))
      return
    }
    if (!this.accounts.isSignedIn) {
      await this.accounts.refuse(route)
      return
    }
    if (resource === 'alarms') {
      await this.alarms.answer(route, this.accounts)
      return
    }
    if (resource === 'persist-rules') return this.rules.answer(route)
    if (site === 'rejections') return this.quarantine.answer(route)
    if (this.dashboards.knows(url.pathname)) return this.dashboards.answer(route)
    if (this.failWith !== null) {
      const problem = { title: 'out of order', status: this.failWith, code: 'internal' }
      await route.fulfill({
        status: this.failWith,
        contentType: 'application/problem+json',
        json: problem,
      })
      return
    }
    const plc = this.plcs.find(
      (each) =>
        each.site === site &&
        each.plcId === plcId &&
        each.tenant === url.searchParams.get('tenant'),
    )
    if (this.admin.knows(url.pathname)) await this.admin.answer(route)
    else if (resource === 'sites') await list(route, this.sites)
    else if (resource === 'gateways') await this.answerGateways(route, url)
    else if (resource === 'plcs' && site === undefined) await list(route, this.plcs.map(listed))
    else if (resource === 'plcs' && plcId === undefined) {
      const tenant = url.searchParams.get('tenant')
      const ofPlant = this.plcs.filter((each) => each.site === site && each.tenant === tenant)
      await list(route, ofPlant.map(listed))
    } else if (!plc) await route.fulfill({ status: 404, json: { title: 'not found', status: 404 } })
    else if (resource === 'plcs') {
      const isState = url.pathname.endsWith('/state')
      await route.fulfill({ json: isState ? stateOf(plc) : listed(plc) })
    } else await this.answerHistory(route, url, plc)
  }

  private async answerGateways(route: Route, url: URL): Promise<void> {
    const [, , , site, gatewayId] = url.pathname.split('/')
    const wanted = {
      tenant: url.searchParams.get('tenant'),
      site: site ?? url.searchParams.get('site'),
      gatewayId,
    }
    const found = this.gateways(Date.now()).filter((gateway) =>
      Object.entries(wanted).every(
        ([field, value]) =>
          value === null || value === undefined || Reflect.get(gateway, field) === value,
      ),
    )
    if (gatewayId === undefined) await list(route, found)
    else if (found[0]) await route.fulfill({ json: found[0] })
    else await route.fulfill({ status: 404, json: { title: 'not found', status: 404 } })
  }

  private async answerHistory(route: Route, url: URL, plc: Plc): Promise<void> {
    this.asked.push(url.pathname + url.search)
    const query = url.searchParams
    if (query.get('layout') === 'columns') {
      await route.fulfill({ json: columns(readQuestion(plc, query, this.historyGap)) })
    } else await route.fulfill({ json: this.history(plc, query) })
  }

  private history(plc: Plc, query: URLSearchParams): object {
    const metric = plc.metrics.find(({ id }) => id === query.get('metric'))
    const from = Date.parse(query.get('from')!)
    const to = Date.parse(query.get('to')!)
    if (!metric) return { items: [], resolution: 'raw', nextCursor: null }
    if (to - from > 2 * 3_600_000) return hourly(metric, from, to)
    const items: object[] = []
    const every = Math.max(metric.every, (to - from) / 4_000)
    const [gapFrom, gapTo] = this.historyGap
    for (let ts = from; ts <= to; ts += every) {
      const age = (to - ts) / 1_000
      if (age < gapFrom && age > gapTo) continue
      const at = Math.round(ts)
      const isBad = typeof metric.at(0) === 'number' && at % 331 === 0
      const quality = isBad ? 'BAD' : (metric.quality ?? 'GOOD')
      const value = metric.at(at / 1_000)
      items.push({
        ts: new Date(at).toISOString(),
        metricId: metric.id,
        value,
        quality,
        unit: metric.unit,
      })
    }
    return { items: items.reverse(), resolution: 'raw', nextCursor: null }
  }
}

function listed({ tenant, site, plcId, name }: Plc): object {
  return {
    id: `${tenant}/${site}/${plcId}`,
    tenant,
    site,
    plcId,
    name,
    lastTs: new Date().toISOString(),
    version: 1,
  }
}

async function list(route: Route, items: object[]): Promise<void> {
  await route.fulfill({ json: { items, nextCursor: null } })
}

function byMetric<Value>(plc: Plc, pick: (metric: Metric) => Value): Record<string, Value> {
  return Object.fromEntries(plc.metrics.map((metric) => [metric.id, pick(metric)]))
}

/** Source time: a metric is measured at whole multiples of its period. */
function timeOf(metric: Metric, now: number): number {
  return now - (now % metric.every)
}

export function telemetry(plc: Plc, isSnapshot: boolean): object {
  const now = Date.now()
  const { tenant, site, plcId } = plc
  return {
    type: 'telemetry',
    tenant,
    site,
    plcId,
    ts: now,
    values: byMetric(plc, (metric) => metric.at(timeOf(metric, now) / 1_000)),
    quality: byMetric(plc, ({ quality }) => quality ?? 'GOOD'),
    times: byMetric(plc, (metric) => timeOf(metric, now)),
    ...(isSnapshot && {
      unit: byMetric(plc, ({ unit }) => unit),
      dataType: byMetric(plc, ({ dataType }) => dataType),
    }),
  }
}

function stateOf(plc: Plc): object {
  const now = Date.now()
  const { tenant, site, plcId } = plc
  const values = byMetric(plc, (metric) => ({
    value: metric.at(timeOf(metric, now) / 1_000),
    ts: new Date(timeOf(metric, now)).toISOString(),
    quality: metric.quality ?? 'GOOD',
    unit: metric.unit,
    dataType: metric.dataType,
  }))
  return { tenant, site, plcId, lastTs: new Date(now).toISOString(), values }
}

function hourly(metric: Metric, from: number, to: number): object {
  const HOUR = 3_600_000
  const items: object[] = []
  for (let hour = from - (from % HOUR); hour <= to; hour += HOUR) {
    const isNight = new Date(hour).getUTCHours() === 6
    if (isNight) continue
    const swing = metric.swing ?? 0
    const drift = swing * 0.5 * Math.sin(hour / 2.1e7) + swing * 0.2 * Math.sin(hour / 4.7e6)
    const spread = swing * (0.5 + 0.2 * Math.sin(hour / 9.1e6))
    const avg = Number(metric.at(0)) + drift
    items.push({
      hour: new Date(hour).toISOString(),
      metricId: metric.id,
      count: 3_600,
      sum: avg * 3_600,
      avg,
      min: avg - spread,
      max: avg + spread * 1.2,
      first: avg,
      last: avg,
      nonGood: 0,
    })
  }
  return { items: items.reverse(), resolution: 'hourly', nextCursor: null }
}
