import type { Route } from '@playwright/test'

export interface FakeUser {
  email: string
  name: string | null
  admin: boolean
  tenants: { tenant: string; role: string }[]
}

interface FakeSession {
  id: string
  current: boolean
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string
  address: string | null
  userAgent: string | null
}

export const ANA: FakeUser = {
  email: 'ana.ruiz@granix.example',
  name: 'Ana Ruiz',
  admin: false,
  tenants: [
    { tenant: 'granix', role: 'operator' },
    { tenant: 'lacteos-sur', role: 'viewer' },
  ],
}

export const PASSWORD = 'horno tibio 7'
export const COMMON = 'password1234'
export const LINK_TOKEN = 'vgp_Zm9yIHRlc3RzIG9ubHk'

const HOUR = 3_600_000

/** Who is logged in, and the routes under /api/auth. */
export class FakeAccounts {
  user: FakeUser = { ...ANA }
  password = PASSWORD
  isSignedIn = true
  /** What links were given out and not used, and whose they are. */
  links = new Map([[LINK_TOKEN, ANA.email]])
  /** Attempts are refused for so many seconds. */
  lockedForSeconds: number | null = null
  /** Answers with this status instead, or not at all. */
  failWith: number | 'away' | null = null
  sessions: FakeSession[] = sessions(Date.now())

  /** Told when a session ends, so that its connections end with it. */
  private readonly onEnd: () => void

  constructor(onEnd: () => void) {
    this.onEnd = onEnd
  }

  end(): void {
    this.isSignedIn = false
    this.onEnd()
  }

  /** What every route but the login answers to who is not logged in. */
  async refuse(route: Route): Promise<void> {
    await problem(route, 401, 'login_required')
  }

  async answer(route: Route, [what, id]: string[]): Promise<void> {
    if (this.failWith === 'away') await route.abort('connectionrefused')
    else if (this.failWith !== null) await problem(route, this.failWith, codeOf(this.failWith))
    else if (isForm(route)) await problem(route, 415, 'unsupported_media_type')
    else if (what === 'login') await this.logIn(route)
    else if (what === 'password-links') await this.redeemLink(route)
    else if (!this.isSignedIn) await this.refuse(route)
    else if (what === 'me') await route.fulfill({ json: this.me() })
    else if (what === 'logout') await this.logOut(route)
    else if (what === 'password') await this.changePassword(route)
    else if (route.request().method() === 'DELETE') await this.endSessions(route, id)
    else await route.fulfill({ json: { items: this.sessions, nextCursor: null } })
  }

  private me(): object {
    return { ...this.user, expiresAt: new Date(Date.now() + 12 * HOUR).toISOString() }
  }

  private async logIn(route: Route): Promise<void> {
    const { email, password } = bodyOf(route)
    if (this.lockedForSeconds !== null) {
      await this.lock(route, this.lockedForSeconds)
    } else if (email !== this.user.email || password !== this.password) {
      await problem(route, 401, 'invalid_credentials')
    } else {
      this.isSignedIn = true
      await route.fulfill({
        json: { token: 'not for the page', expiresAt: new Date().toISOString(), user: this.user },
      })
    }
  }

  private async logOut(route: Route): Promise<void> {
    this.end()
    await route.fulfill({ status: 204 })
  }

  private async changePassword(route: Route): Promise<void> {
    const { currentPassword, newPassword } = bodyOf(route)
    if (this.lockedForSeconds !== null) {
      await this.lock(route, this.lockedForSeconds)
    } else if (currentPassword !== this.password) {
      await problem(route, 401, 'invalid_credentials')
    } else if (newPassword === COMMON) {
      await refuseWeak(route)
    } else {
      this.password = newPassword ?? ''
      this.sessions = this.sessions.filter(({ current }) => current)
      await route.fulfill({ status: 204 })
    }
  }

  private async redeemLink(route: Route): Promise<void> {
    const { token, newPassword } = bodyOf(route)
    const owner = this.links.get(token ?? '')
    if (this.lockedForSeconds !== null) {
      await this.lock(route, this.lockedForSeconds)
    } else if (owner === undefined) {
      await problem(route, 410, 'link_expired')
    } else if (newPassword === COMMON) {
      await refuseWeak(route)
    } else {
      this.links.delete(token ?? '')
      if (owner === this.user.email) {
        this.password = newPassword ?? ''
        this.end()
      }
      await route.fulfill({ status: 204 })
    }
  }

  private async lock(route: Route, seconds: number): Promise<void> {
    const headers = { 'retry-after': String(seconds) }
    await problem(route, 429, 'too_many_attempts', { headers })
  }

  private async endSessions(route: Route, id: string | undefined): Promise<void> {
    if (id === undefined) this.end()
    else this.sessions = this.sessions.filter((session) => session.id !== id)
    await route.fulfill({ status: 204 })
  }
}

function bodyOf(route: Route): Record<string, string | undefined> {
  return route.request().postDataJSON() as Record<string, string | undefined>
}

async function refuseWeak(route: Route): Promise<void> {
  const detail = 'this password is one of the first anybody tries'
  await problem(route, 422, 'invalid_body', { errors: [{ field: 'newPassword', detail }] })
}

function codeOf(status: number): string {
  return status === 503 ? 'database_unavailable' : 'bad_request'
}

/** A form of another site could send this. */
function isForm(route: Route): boolean {
  const request = route.request()
  return request.method() === 'POST' && request.headers()['content-type'] !== 'application/json'
}

async function problem(
  route: Route,
  status: number,
  code: string,
  { headers = {}, errors }: { headers?: Record<string, string>; errors?: object[] } = {},
): Promise<void> {
  await route.fulfill({
    status,
    headers,
    contentType: 'application/problem+json',
    body: JSON.stringify({ title: 'refused', status, code, ...(errors && { errors }) }),
  })
}

function sessions(now: number): FakeSession[] {
  const at = (ms: number): string => new Date(now + ms).toISOString()
  return [
    {
      id: 's-office',
      current: false,
      createdAt: at(-70 * HOUR),
      lastUsedAt: at(-20 * HOUR),
      expiresAt: at(98 * HOUR),
      address: '10.20.0.17',
      userAgent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    },
    {
      id: 's-this',
      current: true,
      createdAt: at(-2 * HOUR),
      lastUsedAt: at(0),
      expiresAt: at(166 * HOUR),
      address: '10.20.4.31',
      userAgent:
        'Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    },
    {
      id: 's-program',
      current: false,
      createdAt: at(-300 * HOUR),
      lastUsedAt: null,
      expiresAt: at(36 * HOUR),
      address: null,
      userAgent: null,
    },
  ]
}
