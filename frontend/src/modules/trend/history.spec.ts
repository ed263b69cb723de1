import { expect, it, vi } from 'vitest'
import type { ApiClient } from '@/core/http/api-client'
import { fetchHistory } from '@/modules/trend/history'

const REQUEST = {
  tenant: 'granix',
  site: 'planta-1',
  plcId: 'plc-03',
  metricId: 'temp_head',
  dataType: undefined,
  from: 0,
  to: 60_000,
}

function serving(pages: number): { api: ApiClient; get: ReturnType<typeof vi.fn> } {
  let served = 0
  const get = vi.fn(() => {
    served++
    const item = {
      ts: 1_000 * (pages - served),
      metricId: 'temp_head',
      value: served,
      quality: 'GOOD',
    }
    const nextCursor = served < pages ? `page-${served}` : null
    return Promise.resolve({ resolution: 'raw', items: [item], nextCursor })
  })
  return { api: { get, list: vi.fn() } as unknown as ApiClient, get }
}

it('follows the pages and puts them in order', async () => {
  const { api, get } = serving(3)
  const history = await fetchHistory(api, REQUEST)
  expect(history).toMatchObject({ resolution: 'raw', cut: false })
  expect(history.resolution === 'raw' && history.samples.map(({ ts }) => ts)).toEqual([
    0, 1_000, 2_000,
  ])
  expect(get).toHaveBeenLastCalledWith(
    '/api/telemetry/planta-1/plc-03',
    expect.objectContaining({ cursor: 'page-2', metric: 'temp_head', tenant: 'granix' }),
    expect.anything(),
    undefined,
  )
})

it('stops at a sane number of pages and says that it did', async () => {
  const { api, get } = serving(50)
  expect((await fetchHistory(api, REQUEST)).cut).toBe(true)
  expect(get).toHaveBeenCalledTimes(4)
})

it('takes hourly rows for buckets of an hour', async () => {
  const row = { metricId: 'temp_head', count: 2, avg: 1, min: 0, max: 2, nonGood: 0 }
  const get = vi.fn().mockResolvedValue({
    resolution: 'hourly',
    items: [
      { hour: 3_600_000, ...row },
      { hour: 0, ...row },
    ],
    nextCursor: null,
  })
  const api = { get, list: vi.fn() } as unknown as ApiClient
  expect(await fetchHistory(api, REQUEST)).toEqual({
    resolution: 'buckets',
    bucketSeconds: 3_600,
    rows: [
      { start: 0, ...row },
      { start: 3_600_000, ...row },
    ],
    cut: false,
  })
})

it('asks for every sample of a text', async () => {
  const { api, get } = serving(1)
  await fetchHistory(api, { ...REQUEST, dataType: 'string' })
  const asked = expect.objectContaining({ resolution: 'raw' }) as unknown
  expect(get).toHaveBeenCalledWith(expect.anything(), asked, expect.anything(), undefined)
})
