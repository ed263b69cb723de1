import type { Route } from '@playwright/test'

export interface FakeEntry {
  id: string
  receivedAt: string
  topic: string
  reason: string
  detail: string
  sampleIndex: number | null
  payload: string
  payloadEncoding: string
  status: string
  replay: object | null
}

const TOPIC = 'factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry'
const HOUR_MS = 3_600_000

export function entry(number: number, part: Partial<FakeEntry> = {}): FakeEntry {
  return {
    id: String(number),
    receivedAt: new Date(Date.now() - number * 60_000).toISOString(),
    topic: TOPIC,
    reason: 'topic_mismatch',
    detail: 'plant is x, topic says planta-1',
    sampleIndex: null,
    payload: '{"schemaVersion":1,"tenant":"granix","province":"ba","plant":"x","value":83.2}',
    payloadEncoding: 'utf-8',
    status: 'open',
    replay: null,
    ...part,
  }
}

/** A message of as many samples as one may have, of which one is wrong. */
export function largeMessage(index: number): Partial<FakeEntry> {
  const samples = Array.from({ length: 2_000 }, (_, at) => ({
    plcId: 'plc-01',
    metricId: `metric_${String(at)}`,
    value: at === index ? 'warm' : at,
    dataType: 'float',
    quality: 'GOOD',
  }))
  return {
    reason: 'value_type_mismatch',
    detail: 'value is a string, dataType is float',
    sampleIndex: index,
    payload: JSON.stringify({ schemaVersion: 2, tenant: 'granix', samples }),
  }
}

/** The routes under /api/admin/rejections, in states that a real server is seldom in. */
export class FakeQuarantine {
  entries: FakeEntry[] = Array.from({ length: 3 }, (_, index) => entry(index + 1))
  /** Answers every call with this status. */
  failWith: number | null = null
  /** Answers replays and deletions with this status. */
  failWritesWith: number | null = null
  /** What was asked for is done by the n-th look. */
  looksUntilDone = 2
  /** Deletes at most so many of what matches at a time. */
  deletedAtATime = 10_000
  /** Counted, and more than was kept. */
  counted = 1_500
  queries: string[] = []

  async answer(route: Route): Promise<void> {
    const url = new URL(route.request().url())
    const [id, action] = url.pathname.split('/').slice(4)
    const method = route.request().method()
    if (this.failWith !== null) await problem(route, this.failWith)
    else if (id === 'counts') await this.counts(route, url)
    else if (method === 'GET' && id === undefined) await this.list(route, url)
    else if (method === 'GET') await this.detail(route, id)
    else if (this.failWritesWith !== null) await problem(route, this.failWritesWith)
    else if (method === 'DELETE') await this.remove(route, id)
    else if (action === 'replay') await this.replay(route, id)
    else await this.replayMany(route)
  }

  private async list(route: Route, url: URL): Promise<void> {
    this.queries.push(url.search)
    const reason = url.searchParams.get('reason')
    const found = this.entries.filter((each) => reason === null || each.reason === reason)
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const to = from + Number(url.searchParams.get('limit'))
    const nextCursor = to < found.length ? String(to) : null
    const isCounted = url.searchParams.get('count') === 'true'
    const matching = isCounted ? { count: found.length, atLeast: false } : null
    await route.fulfill({ json: { items: found.slice(from, to), nextCursor, matching } })
  }

  private async detail(route: Route, id: string | undefined): Promise<void> {
    const found = this.entries.find((each) => each.id === id)
    if (!found) {
      await problem(route, 404)
      return
    }
    if (found.status === 'requested' && --this.looksUntilDone <= 0) {
      found.status = 'replayed'
      found.replay = { ...replay('done'), outcome: 'stored', replayedAt: new Date().toISOString() }
    }
    await route.fulfill({
      json: { ...found, gateway: null, sample: null, others: [], othersTotal: 0 },
    })
  }

  private async replay(route: Route, id: string | undefined): Promise<void> {
    const found = this.entries.find((each) => each.id === id)
    if (!found) {
      await problem(route, 404)
      return
    }
    found.status = 'requested'
    found.replay = replay('requested')
    await route.fulfill({ status: 202, json: found })
  }

  private async replayMany(route: Route): Promise<void> {
    const { ids } = route.request().postDataJSON() as { ids?: string[] }
    const meant = this.entries.filter((each) => ids === undefined || ids.includes(each.id))
    for (const each of meant) {
      each.status = 'replayed'
      each.replay = { ...replay('done'), outcome: 'duplicate' }
    }
    const requested = meant.length
    await route.fulfill({
      status: 202,
      json: {
        matched: requested + 2,
        requested,
        waiting: 1,
        replayed: 1,
        messages: requested,
        hasMore: true,
      },
    })
  }

  private async remove(route: Route, id: string | undefined): Promise<void> {
    if (id !== undefined) {
      this.entries = this.entries.filter((each) => each.id !== id)
      await route.fulfill({ status: 204 })
      return
    }
    this.queries.push(new URL(route.request().url()).search)
    const deleted = this.entries.splice(0, this.deletedAtATime).length
    await route.fulfill({ json: { deleted, hasMore: this.entries.length > 0 } })
  }

  private async counts(route: Route, url: URL): Promise<void> {
    const by = url.searchParams.get('by')
    const to = Date.now()
    const hour = Math.floor(to / HOUR_MS) * HOUR_MS
    const total = this.counted
    const counted = {
      reason: [
        { reason: 'topic_mismatch', total: total * 0.8 },
        { reason: 'not_json', total: total * 0.2 },
      ],
      gateway: [
        { gatewayId: 'granix-ba-gw-01', total: total * 0.9 },
        { gatewayId: '', total: total * 0.1 },
      ],
      hour: Array.from({ length: 12 }, (_, index) => ({
        hour: new Date(hour - index * HOUR_MS).toISOString(),
        total: total / 12,
      })),
    }[by ?? 'reason']
    await route.fulfill({
      json: {
        from: url.searchParams.get('from'),
        to: new Date(to).toISOString(),
        by,
        total,
        kept: total / 3,
        items: total === 0 ? [] : counted?.map((each) => ({ ...each, kept: each.total })),
        hasMore: false,
      },
    })
  }
}

function replay(state: string): object {
  const requestedAt = state === 'requested' ? new Date().toISOString() : null
  return {
    state,
    outcome: null,
    requestedBy: 'ana.ruiz@granix.example',
    requestedAt,
    replayedAt: null,
  }
}

async function problem(route: Route, status: number): Promise<void> {
  await route.fulfill({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ title: 'refused', status, code: 'internal_error' }),
  })
}
