import * as v from 'valibot'
import { expect, it, vi } from 'vitest'
import { telemetryColumnsSchema } from '@/contract/history'
import type { ApiClient } from '@/core/http/api-client'
import { COURSE_KIND } from '@/core/trend/course'
import { fetchCourses } from '@/core/trend/history'

const REQUEST = {
  identity: { tenant: 'granix', site: 'planta 1', plcId: 'plc-03' },
  metricIds: ['a', 'b'],
  from: 0,
  to: 60_000,
  maxPoints: 4_000,
  timeZone: 'America/Argentina/Buenos_Aires',
}

function answering(answer: unknown): { api: ApiClient; get: ReturnType<typeof vi.fn> } {
  const get = vi.fn(() => Promise.resolve(v.parse(telemetryColumnsSchema, answer)))
  return { api: { get } as unknown as ApiClient, get }
}

it('asks for all metrics at once, by the hours of the plant', async () => {
  const { api, get } = answering({ resolution: 'raw', columns: [] })
  await fetchCourses(api, REQUEST)
  expect(get).toHaveBeenCalledWith(
    '/api/telemetry/planta%201/plc-03',
    {
      tenant: 'granix',
      metric: 'a,b',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T00:01:00.000Z',
      resolution: 'auto',
      layout: 'columns',
      maxPoints: 4_000,
      tz: 'America/Argentina/Buenos_Aires',
    },
    telemetryColumnsSchema,
    undefined,
  )
})

it('takes samples, and knows what is not kept for empty', async () => {
  const columns = [
    {
      metricId: 'a',
      unit: null,
      times: [1, 2, 3],
      values: [1, null, 9007199254740993n],
      qualities: ['GOOD', null, 'BAD'],
    },
  ]
  const courses = await fetchCourses(answering({ resolution: 'raw', columns }).api, REQUEST)
  expect(courses.get('a')).toEqual({
    kind: COURSE_KIND.samples,
    times: [1, 2, 3],
    values: [1, null, 9007199254740993n],
    qualities: ['GOOD', null, 'BAD'],
  })
  expect(courses.get('b')?.times).toEqual([])
})

it('takes buckets, and from what they were made', async () => {
  const figures = {
    times: [0, 9],
    min: [1, null],
    avg: [2, null],
    max: [3, null],
    count: [4, null],
    nonGood: [0, null],
  }
  const columns = [{ metricId: 'a', unit: 'celsius', source: 'hourly', ...figures }]
  const { api } = answering({ resolution: 'buckets', bucketSeconds: 30, columns })
  expect((await fetchCourses(api, REQUEST)).get('a')).toEqual({
    kind: COURSE_KIND.buckets,
    bucketMs: 30_000,
    isFromHours: true,
    ...figures,
  })
})

it.each([
  ['a time that is text', { times: ['now'], values: [1], qualities: ['GOOD'] }],
  ['a quality nobody knows', { times: [1], values: [1], qualities: ['FINE'] }],
  ['a value that is none', { times: [1], values: [{}], qualities: ['GOOD'] }],
])('refuses %s', (_name, figures) => {
  const answer = { resolution: 'raw', columns: [{ metricId: 'a', unit: null, ...figures }] }
  expect(v.safeParse(telemetryColumnsSchema, answer).success).toBe(false)
})
