import * as v from 'valibot'
import { expect, it, vi, type Mock } from 'vitest'
import { metricValueSchema } from '@/contract/common'
import { plcPageSchema } from '@/contract/rest'
import { createApiClient } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'

function answering(...answers: { status?: number; body: string }[]): Mock<typeof fetch> {
  const mock = vi.fn<typeof fetch>()
  for (const { status = 200, body } of answers) {
    mock.mockResolvedValueOnce(new Response(body, { status }))
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
