import type { Route } from '@playwright/test'

export interface FakeRule {
  id: string
  version: number
  name: string
  enabled: boolean
  priority: number
  tenant: string
  province: string
  plant: string
  gatewayId: string
  plcId: string
  metricId: string
  mode: string
  rawRetentionDays: number | null
  hourlyRetentionDays: number | null
  createdAt: string
}

const DAY_MS = 86_400_000
const BYTES = 4_200_000

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function rule(number: number, part: Partial<FakeRule> = {}): FakeRule {
  return {
    id: uuid(number),
    version: 1,
    name: `rule ${String(number)}`,
    enabled: true,
    priority: 1_000 - number,
    tenant: 'granix',
    province: '*',
    plant: '*',
    gatewayId: '*',
    plcId: '*',
    metricId: `metric_${String(number)}_*`,
    mode: 'both',
    rawRetentionDays: null,
    hourlyRetentionDays: null,
    createdAt: new Date(Date.UTC(2025, 0, 1, 0, 0, number)).toISOString(),
    ...part,
  }
}

/** The routes under /api/persist-rules, in states that a real server is seldom in. */
export class FakeRules {
  rules: FakeRule[] = [
    rule(1, { name: 'Temperaturas', metricId: 'temp_*', rawRetentionDays: 730 }),
    rule(2, { name: 'Energía por hora', metricId: 'kwh', mode: 'hourly' }),
    rule(3, { name: 'Estados', metricId: 'state*', mode: 'none', enabled: false }),
  ]
  /** Answers every call with this status. */
  failWith: number | null = null
  /** Answers lists with counts with this status. */
  failCountsWith: number | null = null
  /** Answers writes with this status. */
  failWritesWith: number | null = null
  /** Writes are answered only when this is done. */
  writesWait: Promise<void> | null = null
  /** What is wrong with which field, whatever is written. */
  faults: { field: string; detail: string }[] = []
  /** Another process ingests, so nothing was counted here. */
  isStandby = false
  /** The program started so long ago. */
  spanMs = DAY_MS
  isMeasured = true
  dryRuns = 0

  async answer(route: Route): Promise<void> {
    const url = new URL(route.request().url())
    const [, , , id] = url.pathname.split('/')
    const method = route.request().method()
    if (method !== 'GET' && id !== 'dry-run') await this.writesWait
    if (this.failWith !== null) await problem(route, this.failWith, 'internal_error')
    else if (id === 'dry-run') await this.dryRun(route)
    else if (id === 'explain') await problem(route, 404, 'not_found')
    else if (method === 'GET') await this.read(route, id, url)
    else if (this.failWritesWith !== null) await problem(route, this.failWritesWith, 'timeout')
    else if (this.faults.length > 0) await problem(route, 422, 'invalid_body', this.faults)
    else await this.write(route, method, id)
  }

  private async read(route: Route, id: string | undefined, url: URL): Promise<void> {
    if (id !== undefined) {
      const found = this.rules.find((each) => each.id === id)
      if (found) await route.fulfill({ json: found })
      else await problem(route, 404, 'not_found')
      return
    }
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const to = from + Number(url.searchParams.get('limit'))
    const isCounted = url.searchParams.get('counts') === 'true'
    if (isCounted && this.failCountsWith !== null) {
      await problem(route, this.failCountsWith, 'timeout')
      return
    }
    const items = this.rules.slice(from, to)
    await route.fulfill({
      json: {
        items: isCounted ? items.map(counted) : items,
        nextCursor: to < this.rules.length ? String(to) : null,
        defaultMode: 'both',
        defaultRetention: { rawDays: 400, hourlyDays: null },
        ...(isCounted && { counted: { series: 1_900, byDefault: 660, complete: true } }),
      },
    })
  }

  private async write(route: Route, method: string, id: string | undefined): Promise<void> {
    const found = this.rules.find((each) => each.id === id)
    if (method === 'POST') {
      const added = { ...rule(this.rules.length + 1), ...bodyOf(route) }
      this.rules.push(added)
      await route.fulfill({ status: 201, json: added })
    } else if (!found) {
      await problem(route, 404, 'not_found')
    } else if (method === 'DELETE') {
      this.rules = this.rules.filter((each) => each !== found)
      await route.fulfill({ status: 204 })
    } else if (bodyOf(route).version !== found.version) {
      await problem(route, 409, 'stale_version')
    } else {
      Object.assign(found, bodyOf(route), { version: found.version + 1 })
      await route.fulfill({ json: found })
    }
  }

  private async dryRun(route: Route): Promise<void> {
    this.dryRuns += 1
    if (this.isStandby) {
      await problem(route, 503, 'not_ready')
      return
    }
    const isSaving = bodyOf(route).mode === 'none'
    const sign = isSaving ? -1 : 1
    const now = Date.now()
    const kept = (bytes: number): object => ({
      sampleRows: bytes / 3,
      events: bytes / 3,
      hourlyRows: bytes / 1_000,
      bytes,
    })
    const series = Array.from({ length: 100 }, (_, index) => ({
      tenant: 'granix',
      province: 'ba',
      site: 'planta-1',
      gatewayId: 'granix-ba-gw-01',
      plcId: `plc-${String(index)}`,
      metricId: 'temperature_of_the_outlet_of_the_second_recovered_heat_exchanger',
      samplesPerDay: 86_400 - index,
      before: 'both',
      after: isSaving ? 'none' : 'raw',
      decidedBy: null,
    }))
    await route.fulfill({
      json: {
        from: new Date(now - this.spanMs).toISOString(),
        to: new Date(now).toISOString(),
        matched: 1_900,
        touched: 1_240,
        before: kept(90 * BYTES),
        after: kept((90 + sign) * BYTES),
        change: kept(sign * BYTES),
        bytesPerSample: 1.04,
        bytesPerHourlyRow: 223,
        bytesMeasured: this.isMeasured,
        series,
      },
    })
  }
}

function counted(rule: FakeRule): object {
  return { ...rule, series: { matched: 1_900, decided: rule.enabled ? 1_240 : 0 } }
}

function bodyOf(route: Route): Partial<FakeRule> {
  return route.request().postDataJSON() as Partial<FakeRule>
}

async function problem(
  route: Route,
  status: number,
  code: string,
  errors?: object[],
): Promise<void> {
  await route.fulfill({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ title: 'refused', status, code, ...(errors && { errors }) }),
  })
}
