import { expect, it, vi } from 'vitest'
import type { Alarm } from '@/contract/alarms'
import { acknowledge, acknowledgedNow } from '@/core/alarms/acknowledge'
import type { ApiClient } from '@/core/http/api-client'

interface Body {
  ids: string[]
  comment?: string
}

/** Answers as many calls as there are `answers`, and fails after that. */
function server(calls: number): { post: ApiClient['post']; bodies: Body[] } {
  const bodies: Body[] = []
  const post = vi.fn((_path: string, body: object) => {
    bodies.push(body as Body)
    if (bodies.length > calls) return Promise.reject(new Error('away'))
    const results = (body as Body).ids.map((id) => ({ id, result: 'acknowledged' }))
    return Promise.resolve({ results })
  })
  return { post: post as unknown as ApiClient['post'], bodies }
}

const many = Array.from({ length: 1_200 }, (_, index) => String(index))

it('asks for no more at once than the server takes', async () => {
  const { post, bodies } = server(3)
  const { results, failure } = await acknowledge({ post }, many, ' on my way ')
  expect(bodies.map(({ ids }) => ids.length)).toEqual([500, 500, 200])
  expect(bodies[0]!.comment).toBe('on my way')
  expect(results.size).toBe(1_200)
  expect(failure).toBeNull()
})

it('knows what was done before it failed', async () => {
  const { post } = server(1)
  const { results, failure } = await acknowledge({ post }, many, '')
  expect(results.size).toBe(500)
  expect(failure).toEqual(new Error('away'))
})

it('says nothing where nothing was said', async () => {
  const { post, bodies } = server(1)
  await acknowledge({ post }, ['1'], '  \n')
  expect(bodies).toEqual([{ ids: ['1'] }])
})

it('shows at once what is known of it', () => {
  const alarm = { id: '1', version: 1, acknowledged: false, comment: null } as Alarm
  const by = { email: 'ana@granix.example', at: 5, comment: ' voy ' }
  expect(acknowledgedNow(alarm, 'acknowledged', by)).toMatchObject({
    version: 1,
    acknowledged: true,
    acknowledgedAt: 5,
    acknowledgedBy: 'ana@granix.example',
    comment: 'voy',
  })
  expect(acknowledgedNow(alarm, 'already_acknowledged', by)).toMatchObject({
    acknowledged: true,
    comment: null,
  })
  expect(acknowledgedNow(alarm, 'forbidden', by)).toBe(alarm)
  expect(acknowledgedNow(alarm, undefined, by)).toBe(alarm)
})
