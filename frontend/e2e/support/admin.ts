import { health } from './system.ts'
import type { Page, Route } from '@playwright/test'

const HOUR = 3_600_000
const DAY = 24 * HOUR

interface Versioned {
  id: string
  version: number
  name: string | null
}

export interface FakeManaged extends Versioned {
  email: string
  disabled: boolean
  admin: boolean
  createdAt: string
  lastLoginAt: string | null
  tenants: { tenant: string; role: string }[]
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()

/** An internal admin. */
export const ADMIN = {
  email: 'admin@vigia.example',
  name: 'Julia Paz',
  admin: true,
  tenants: [],
}
/** Manages one tenant. */
export const MANAGER = {
  email: 'jefa@granix.example',
  name: 'Marta Sosa',
  admin: false,
  tenants: [{ tenant: 'granix', role: 'tenant_admin' }],
}

export function person(index: number, part: Partial<FakeManaged> = {}): FakeManaged {
  return {
    id: `user-${String(index)}`,
    version: 1,
    email: `turno-${String(index).padStart(4, '0')}@granix.example`,
    name: null,
    disabled: false,
    admin: false,
    createdAt: ago(40 * DAY),
    lastLoginAt: index % 3 === 0 ? null : ago(index * HOUR),
    tenants: [{ tenant: 'granix', role: 'operator' }],
    ...part,
  }
}

const TENANTS = [
  { tenant: 'granix', name: 'Granix Molinos SA', plants: 2, gateways: 3, series: 50 },
  { tenant: 'lacteos-sur', name: null, plants: 1, gateways: 1, series: 14 },
].map((each, index) => ({
  ...each,
  id: each.tenant,
  version: index + 1,
  createdAt: ago(300 * DAY),
}))

const PLANTS = [
  {
    tenant: 'granix',
    site: 'planta-1',
    province: 'ba',
    name: 'Molino Chivilcoy',
    plcs: 6,
    gateways: 2,
  },
  { tenant: 'granix', site: 'vacia', province: 'cba', name: null, plcs: 0, gateways: 0 },
  { tenant: 'lacteos-sur', site: 'rafaela', province: 'sf', name: null, plcs: 3, gateways: 1 },
].map((each) => ({
  ...each,
  id: `${each.tenant}-${each.site}`,
  version: 1,
  timeZone: 'America/Argentina/Buenos_Aires',
}))

const GATEWAYS = [
  {
    gatewayId: 'granix-ba-gw-01',
    site: 'planta-1',
    status: 'online',
    lastSeen: ago(1_000),
    missingSeq: 0,
  },
  {
    gatewayId: 'granix-ba-gw-02',
    site: 'planta-1',
    status: 'offline',
    lastSeen: ago(3 * DAY),
    missingSeq: 1_204,
  },
  {
    gatewayId: 'granix-ba-gw-03',
    site: 'vacia',
    status: 'never_seen',
    lastSeen: null,
    missingSeq: 0,
  },
].map((each) => ({
  ...each,
  id: each.gatewayId,
  version: 1,
  tenant: 'granix',
  province: 'ba',
  name: null,
  since: each.lastSeen,
  heartbeat: null,
  clockSkewMs: null,
  lastBootId: null,
}))

const KEYS = [
  {
    name: 'Informe diario',
    role: 'viewer',
    expiresAt: null,
    lastUsedAt: ago(HOUR),
    lastAddress: '10.1.2.3',
  },
  {
    name: 'Planilla vieja',
    role: 'operator',
    expiresAt: ago(DAY),
    lastUsedAt: null,
    lastAddress: null,
  },
].map((each) => ({
  ...each,
  id: each.name,
  hint: 'vgk_Ab3dEf',
  tenant: 'granix',
  createdBy: 'admin@vigia.example',
  createdAt: ago(90 * DAY),
}))

const AUDIT = [
  {
    action: 'session.refuse',
    actorKind: 'nobody',
    subjectKind: 'user',
    subject: 'ana@granix.example',
    after: { failures: 4 },
  },
  {
    action: 'plant.update',
    subjectKind: 'plant',
    subject: 'c0e8a92c-f07c-4adb-940b-9cf7f3f4200a',
    subjectName: 'planta-1',
    tenant: 'granix',
    before: { version: 1, site: 'planta-1', name: null, timeZone: 'UTC' },
    after: {
      version: 2,
      site: 'planta-1',
      name: 'Molino',
      timeZone: 'America/Argentina/Buenos_Aires',
    },
  },
  {
    action: 'alarm.acknowledge',
    actorKind: 'api_key',
    actor: 'Informe',
    subjectKind: 'alarm',
    subject: '7',
    before: { acknowledged: false },
    after: { acknowledged: true, comment: null },
  },
  {
    action: 'user.invite',
    actorKind: 'command_line',
    actor: 'create-admin',
    subjectKind: 'user',
    subject: '1',
    subjectName: 'admin@vigia.example',
    after: { email: 'admin@vigia.example' },
  },
  { action: 'future.deed', subjectKind: 'thing', subject: '<b>x</b>' },
].map((each, index) => ({
  id: String(900 - index),
  at: ago(index * 9 * HOUR),
  actor: 'admin@vigia.example',
  actorKind: 'user',
  address: '10.1.2.3',
  tenant: null,
  before: null,
  after: null,
  ...each,
}))

/** What tenants and plants have beside. */
const COUNTS = { plants: 0, gateways: 0, plcs: 0, series: 0 }

const KNOWN = new Set(['tenants', 'users', 'plants', 'gateways', 'api-keys', 'audit-log', 'system'])

/** Some of the routes under /api/admin, and /health. */
export class FakeAdmin {
  tenants = TENANTS
  users: FakeManaged[] = [
    person(7_777, { email: ADMIN.email, name: ADMIN.name, admin: true, tenants: [] }),
  ]
  plants = PLANTS
  gateways = GATEWAYS
  keys = KEYS
  audit = AUDIT
  /** What the system page is told; by route, so that one can fail alone. */
  system: object = {}
  health: object = health()
  /** Writes are refused so, with this code. */
  refuseWith: { status: number; code: string } | null = null
  /** Answers to reads of these lists fail. */
  failing = new Set<string>()
  writes: { method: string; path: string; body: unknown }[] = []

  async install(page: Page): Promise<void> {
    await page.route('**/health', async (route) => {
      if (this.failing.has('health')) await refuse(route, 503, 'timeout')
      else await route.fulfill({ json: this.health })
    })
  }

  knows(path: string): boolean {
    const [resource, what = ''] = path.split('/').slice(2)
    return resource === 'admin' && KNOWN.has(what)
  }

  async answer(route: Route): Promise<void> {
    const url = new URL(route.request().url())
    const [what = '', id] = url.pathname.split('/').slice(3)
    if (route.request().method() !== 'GET') await this.write(route, what, id)
    else if (this.failing.has(what)) await refuse(route, 503, 'database_unavailable')
    else if (what === 'system') await route.fulfill({ json: this.system })
    else if (id === undefined) await this.list(route, what, url.searchParams)
    else await route.fulfill({ json: this.all(what).find((each) => each.id === id) })
  }

  private all(what: string): readonly { id: string }[] {
    if (what === 'tenants') return this.tenants
    if (what === 'users') return this.users
    if (what === 'plants') return this.plants
    if (what === 'gateways') return this.gateways
    if (what === 'api-keys') return this.keys
    return this.audit
  }

  /** Pages as the server does; filters are its business and not looked at. */
  private async list(route: Route, what: string, query: URLSearchParams): Promise<void> {
    const from = Number(query.get('cursor') ?? 0)
    const to = from + Number(query.get('limit') ?? 50)
    const all = this.all(what)
    const nextCursor = to < all.length ? String(to) : null
    await route.fulfill({ json: { items: all.slice(from, to), nextCursor } })
  }

  private async write(route: Route, what: string, id: string | undefined): Promise<void> {
    const request = route.request()
    const path = new URL(request.url()).pathname
    const body = (request.postDataJSON() ?? {}) as Partial<FakeManaged>
    this.writes.push({ method: request.method(), path, body })
    const found = this.users.find((each) => each.id === id)
    const isStale = what === 'users' && found && body.version !== undefined
    if (this.refuseWith) {
      await refuse(route, this.refuseWith.status, this.refuseWith.code)
    } else if (isStale && body.version !== found.version) {
      await refuse(route, 409, 'stale_version')
    } else if (request.method() === 'DELETE') {
      await route.fulfill({ status: 204 })
    } else if (found && request.method() === 'PUT') {
      this.users = this.users.map((each) =>
        each.id === id ? { ...each, ...body, version: each.version + 1 } : each,
      )
      await route.fulfill({ json: this.users.find((each) => each.id === id) })
    } else {
      const now = new Date().toISOString()
      const made = { ...person(9_999), ...body, hint: 'vgk_x', createdBy: 'x', createdAt: now }
      const link = { url: 'https://vigia.example/set-password#vgp_x', expiresAt: ago(-7 * DAY) }
      await route.fulfill({
        status: 201,
        json: { ...made, ...COUNTS, passwordLink: link, token: 'vgk_secret' },
      })
    }
  }
}

async function refuse(route: Route, status: number, code: string): Promise<void> {
  await route.fulfill({
    status,
    contentType: 'application/problem+json',
    json: { title: code, status, code, detail: code },
  })
}
