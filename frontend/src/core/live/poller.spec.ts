import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ApiClient } from '@/core/http/api-client'
import { createLiveStore, plcKey, type PlcIdentity } from '@/core/live/live-store'
import { createPoller, type Poller } from '@/core/live/poller'

const ANSWER = { values: {} }
let inView: PlcIdentity[]
/** Whose questions hang until they are given up. */
let hanging: Set<string>
let asked: string[]
let poller: Poller
let vouched: Set<string>

function plcs(count: number): PlcIdentity[] {
  return Array.from({ length: count }, (_, index) => ({
    tenant: 't',
    site: 's',
    plcId: `plc-${String(index)}`,
  }))
}
const renewed = (index: number): boolean => vouched.has(plcKey(inView[index]!))

beforeEach(() => {
  vi.useFakeTimers()
  hanging = new Set()
  vouched = new Set()
  asked = []
  const get = (
    path: string,
    _parameters: object,
    _schema: object,
    signal: AbortSignal,
  ): unknown => {
    const plcId = path.split('/')[4]!
    asked.push(plcId)
    if (!hanging.has(plcId)) return Promise.resolve(ANSWER)
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('given up'))
      })
    })
  }
  poller = createPoller({
    api: { get } as Partial<ApiClient> as ApiClient,
    store: createLiveStore(() => undefined),
    inView: () => inView,
    renewed: vouched,
  })
})
afterEach(() => {
  poller.setActive(false)
  vi.useRealTimers()
})

it('takes what was not answered in time for no longer renewed, and only that', async () => {
  inView = plcs(2)
  poller.setActive(true)
  await vi.advanceTimersByTimeAsync(100)
  expect([renewed(0), renewed(1)]).toEqual([true, true])
  hanging.add('plc-1')
  await vi.advanceTimersByTimeAsync(8_100)
  expect([renewed(0), renewed(1)]).toEqual([true, false])
  hanging.clear()
  await vi.advanceTimersByTimeAsync(3_000)
  expect([renewed(0), renewed(1)]).toEqual([true, true])
})

it('gives up all that hangs within 9 s, however many are in view', async () => {
  inView = plcs(40)
  poller.setActive(true)
  await vi.advanceTimersByTimeAsync(100)
  expect(vouched.size).toBe(40)
  for (const { plcId } of inView) hanging.add(plcId)
  await vi.advanceTimersByTimeAsync(9_100)
  expect(vouched.size).toBe(0)
})

it('asks for all in view in turns, and none of them is stale before its turn', async () => {
  inView = plcs(100)
  poller.setActive(true)
  await vi.advanceTimersByTimeAsync(100)
  expect(asked).toHaveLength(40)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(new Set(asked).size).toBe(100)
  await vi.advanceTimersByTimeAsync(12_000)
  expect(vouched.size).toBe(100)
})

it('asks for nothing and vouches for nothing once it is not needed', async () => {
  inView = plcs(1)
  poller.setActive(true)
  await vi.advanceTimersByTimeAsync(100)
  poller.setActive(false)
  expect(vouched.size).toBe(0)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(asked).toHaveLength(1)
})
