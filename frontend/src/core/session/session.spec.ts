import { beforeEach, expect, it, vi } from 'vitest'
import { createApiClient } from '@/core/http/api-client'
import { createSession, type Session } from '@/core/session/session'

const ANA = {
  email: 'ana.ruiz@granix.example',
  name: 'Ana Ruiz',
  admin: false,
  tenants: [{ tenant: 'granix', role: 'operator' }],
}

const fetch = vi.fn<typeof globalThis.fetch>()
let session: Session

function answer(status: number, body: object | null = null): void {
  const text = body && JSON.stringify(body)
  fetch.mockImplementationOnce((_url, init) => {
    if (init?.signal?.aborted) return Promise.reject(init.signal.reason as Error)
    return Promise.resolve(new Response(text, { status }))
  })
}

/** Answers when it is told to, unless it was called off before. */
function answerLater(status: number, body: object | null = null): () => void {
  let tell = (): void => undefined
  fetch.mockImplementationOnce(
    (_url, init) =>
      new Promise((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
        tell = () => resolve(new Response(body && JSON.stringify(body), { status }))
      }),
  )
  return () => tell()
}

const REFUSED = { status: 401, code: 'login_required' }

beforeEach(() => {
  fetch.mockReset()
  const api = createApiClient({
    fetch,
    onUnauthorized: () => {
      session.expire()
    },
  })
  session = createSession({ api })
})

async function logIn(user: object = ANA): Promise<void> {
  answer(200, { ...user, expiresAt: '2030-01-01T00:00:00.000Z' })
  await session.ask()
}

it('knows who is logged in', async () => {
  expect(session.isKnown.value).toBe(false)
  await logIn()
  await session.whenKnown
  expect(session.user.value).toEqual(ANA)
})

it('knows that nobody is, and has nothing to explain then', async () => {
  answer(401, REFUSED)
  await session.ask()
  await session.whenKnown
  expect(session.user.value).toBeNull()
  expect(session.ending.value).toBeNull()
})

it('knows nothing without an answer, says why, and can ask again', async () => {
  answer(503, { status: 503, code: 'database_unavailable' })
  await session.ask()
  expect(session.isKnown.value).toBe(false)
  expect(session.failure.value).toMatchObject({ status: 503 })
  await logIn()
  expect(session.failure.value).toBeNull()
  expect(session.isKnown.value).toBe(true)
})

it('keeps who was logged in while the server is away', async () => {
  await logIn()
  fetch.mockRejectedValueOnce(new TypeError('failed to fetch'))
  await session.ask()
  expect(session.user.value).toEqual(ANA)
  expect(session.failure.value).toBeNull()
})

it('says that the session has ended', async () => {
  await logIn()
  answer(401, REFUSED)
  await session.ask()
  expect(session.user.value).toBeNull()
  expect(session.ending.value).toBe('expired')
  answer(401, REFUSED)
  await session.ask()
  expect(session.ending.value).toBe('expired')
})

it('logs in, and forgets why it had ended', async () => {
  await logIn()
  session.expire()
  answer(200, { token: 'secret', expiresAt: '2030-01-01T00:00:00.000Z', user: ANA })
  await session.signIn(ANA.email, 'horno tibio 7')
  expect(fetch).toHaveBeenLastCalledWith('/api/auth/login', expect.anything())
  expect(session.user.value).toEqual(ANA)
  expect(session.ending.value).toBeNull()
})

it('does not take a wrong password for an ended session', async () => {
  answer(401, REFUSED)
  await session.ask()
  answer(401, { status: 401, code: 'invalid_credentials' })
  await expect(session.signIn(ANA.email, 'x')).rejects.toMatchObject({ status: 401 })
  expect(session.ending.value).toBeNull()

  await logIn()
  answer(401, { status: 401, code: 'invalid_credentials' })
  await expect(session.changePassword('x', 'y')).rejects.toMatchObject({ status: 401 })
  expect(session.user.value).toEqual(ANA)
})

it('does not let an answer from before the login end the session', async () => {
  answer(401, REFUSED)
  await session.ask()
  const tell = answerLater(401, REFUSED)
  const asked = session.ask()
  answer(200, { user: ANA })
  await session.signIn(ANA.email, 'horno tibio 7')
  tell()
  await asked
  expect(session.user.value).toEqual(ANA)
})

it.each([
  ['signOut', '/api/auth/logout', 'signedOut'],
  ['signOutEverywhere', '/api/auth/sessions', 'everywhere'],
] as const)('%s', async (method, path, ending) => {
  await logIn()
  answer(503)
  await expect(session[method]()).rejects.toMatchObject({ status: 503 })
  expect(session.user.value).toEqual(ANA)

  answer(204)
  await session[method]()
  expect(fetch).toHaveBeenLastCalledWith(path, expect.anything())
  expect(session.user.value).toBeNull()
  expect(session.ending.value).toBe(ending)
})

it('is as good as logged out when the session had ended by itself', async () => {
  await logIn()
  answer(401, REFUSED)
  await session.signOut()
  expect(session.user.value).toBeNull()
  expect(session.ending.value).toBe('signedOut')
})

it('has nobody logged in by a password that was set through a link', async () => {
  answer(401, REFUSED)
  await session.ask()
  answer(204)
  await session.setPassword('vgp_1', 'mezcla lenta')
  expect(fetch).toHaveBeenLastCalledWith(
    '/api/auth/password-links',
    expect.objectContaining({ body: '{"token":"vgp_1","newPassword":"mezcla lenta"}' }),
  )
  expect(session.user.value).toBeNull()
  expect(session.ending.value).toBe('passwordSet')
})

it('has ended where the password was set of who was logged in, and says so', async () => {
  await logIn()
  answer(204)
  answer(401, REFUSED)
  await session.setPassword('vgp_1', 'mezcla lenta')
  expect(session.user.value).toBeNull()
  expect(session.ending.value).toBe('passwordSet')
})

it('goes on where the password was set of somebody else, or of nobody', async () => {
  await logIn()
  answer(204)
  answer(200, { ...ANA, expiresAt: '2030-01-01T00:00:00.000Z' })
  await session.setPassword('vgp_1', 'mezcla lenta')
  expect(session.user.value).toEqual(ANA)
  answer(410, { status: 410, code: 'link_expired' })
  await expect(session.setPassword('vgp_1', 'mezcla lenta')).rejects.toMatchObject({ status: 410 })
  expect(session.user.value).toEqual(ANA)
  expect(session.ending.value).toBeNull()
})

it('does not wonder about a link that is closed because of a log-out', async () => {
  await logIn()
  const tell = answerLater(204)
  const signedOut = session.signOut()
  await session.ask()
  tell()
  await signedOut
  expect(fetch).toHaveBeenCalledTimes(2)
  expect(session.ending.value).toBe('signedOut')
})
