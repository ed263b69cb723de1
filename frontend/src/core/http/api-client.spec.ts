import * as v from 'valibot'
import { expect, it, vi, type Mock } from 'vitest'
import { metricValueSchema } from '@/contract/common'
import { plcPageSchema } from '@/contract/rest'
import { createApiClient } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'

interface Answer {
  status?: number
  body: string | null
  headers?: Record<string, string>
}

function answering(...answers: Answer[]): Mock<typeof fetch> {
  const mock = vi.fn<typeof fetch>()
  for (const { status = 200, body, headers = {} } of answers) {
    mock.mockResolvedValueOnce(new Response(body, { status, headers }))
  }
  return mock
}

const BODY = v.object({ value: metricValueSchema })

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.catch((caught: unknown) => caught)
  if (error instanceof ApiError) return error
  throw new Error('expected an ApiError')
}

it('reads 64-bit integers exactly and tolerates fields it does not know', async () => {
  const fetch = answering({ body: '{"value":9007199254740993,"later":true}' })
  const api = createApiClient({ fetch })
  expect(await api.get('/x', { tenant: 'granix', none: undefined }, BODY)).toEqual({
    value: 9007199254740993n,
  })
  expect(fetch).toHaveBeenCalledWith('/x?tenant=granix', expect.anything())
})

it('follows a list to its end', async () => {
  const item = (plcId: string): object => ({ id: plcId, tenant: 't', site: 's', plcId })
  const fetch = answering(
    { body: JSON.stringify({ items: [item('a')], nextCursor: 'next' }) },
    { body: JSON.stringify({ items: [item('b')], nextCursor: null }) },
  )
  const plcs = await createApiClient({ fetch }).list('/api/plcs', plcPageSchema)
  expect(plcs.map(({ plcId }) => plcId)).toEqual(['a', 'b'])
  expect(fetch).toHaveBeenLastCalledWith('/api/plcs?limit=500&cursor=next', expect.anything())
})

it('turns a problem document into an error with its code', async () => {
  const body = '{"title":"Ambiguous","status":409,"code":"ambiguous_site","detail":"name a tenant"}'
  const api = createApiClient({ fetch: answering({ status: 409, body }) })
  expect(await failureOf(api.get('/x', {}, BODY))).toMatchObject({
    status: 409,
    code: 'ambiguous_site',
    message: 'name a tenant',
    isTransient: false,
  })
})

it('tells that a login is needed', async () => {
  const onUnauthorized = vi.fn()
  const api = createApiClient({ fetch: answering({ status: 401, body: '' }), onUnauthorized })
  expect((await failureOf(api.get('/x', {}, BODY))).status).toBe(401)
  expect(onUnauthorized).toHaveBeenCalledOnce()
})

it.each([
  ['a proxy page', { status: 502, body: '<html>' }, 'status', true],
  ['not JSON', { body: '<html>' }, 'shape', false],
  ['another shape', { body: '{"value":[]}' }, 'shape', false],
])('says what failed: %s', async (_name, answer, failure, isTransient) => {
  const error = await failureOf(createApiClient({ fetch: answering(answer) }).get('/x', {}, BODY))
  expect(error).toMatchObject({ failure, isTransient })
})

it('takes a lost connection for transient', async () => {
  const fetch = vi.fn<typeof globalThis.fetch>().mockRejectedValue(new TypeError('failed to fetch'))
  const error = await failureOf(createApiClient({ fetch }).get('/x', {}, BODY))
  expect(error).toMatchObject({ failure: 'network', isTransient: true })
})

it('sends a body as JSON and reads the answer', async () => {
  const fetch = answering({ body: '{"value":1}' })
  expect(await createApiClient({ fetch }).post('/x', { name: 'a' }, BODY)).toEqual({ value: 1 })
  expect(fetch).toHaveBeenCalledWith(
    '/x',
    expect.objectContaining({
      method: 'POST',
      body: '{"name":"a"}',
      credentials: 'same-origin',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    }),
  )
})

it('names JSON even where it sends nothing: no form of another site could', async () => {
  const fetch = answering({ status: 204, body: null })
  await createApiClient({ fetch }).send('POST', '/x')
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  expect(fetch).toHaveBeenCalledWith('/x', expect.objectContaining({ method: 'POST', headers }))
})

it('takes no content for done', async () => {
  const fetch = answering({ status: 204, body: null })
  await createApiClient({ fetch }).send('DELETE', '/x/1')
  expect(fetch).toHaveBeenCalledWith('/x/1', expect.objectContaining({ method: 'DELETE' }))
})

it('does not ask for a login when a password was wrong', async () => {
  const onUnauthorized = vi.fn()
  const body = '{"status":401,"code":"invalid_credentials","title":"Unauthorized"}'
  const api = createApiClient({ fetch: answering({ status: 401, body }), onUnauthorized })
  expect((await failureOf(api.send('POST', '/x', {}))).code).toBe('invalid_credentials')
  expect(onUnauthorized).not.toHaveBeenCalled()
})

it.each([
  ['17', 17],
  ['Wed, 08 Jan 2025 18:00:00 GMT', null],
  ['', null],
  [undefined, null],
])('reads Retry-After %j', async (header, seconds) => {
  const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header }
  const fetch = answering({ status: 429, body: '', headers })
  const error = await failureOf(createApiClient({ fetch }).get('/x', {}, BODY))
  expect(error).toMatchObject({ status: 429, retryAfterSeconds: seconds })
})

it.each([
  ['[{"field":"newPassword","detail":"too short"}]', 1],
  ['[{"pointer":"#/newPassword"}]', 0],
  ['"newPassword"', 0],
])('reads which fields are wrong, where it can: %s', async (errors, count) => {
  const body = `{"code":"invalid_body","errors":${errors}}`
  const fetch = answering({ status: 422, body })
  const error = await failureOf(createApiClient({ fetch }).get('/x', {}, BODY))
  expect(error.code).toBe('invalid_body')
  expect(error.fields).toHaveLength(count)
})
