import { expect, it, vi } from 'vitest'
import { watchSyncEffect } from 'vue'
import { createLiveStore, TRAIL_LENGTH, type LiveStore } from '@/core/live/live-store'
import type { Statement } from '@/core/live/merge'

const PLC = { tenant: 'granix', site: 'planta-1', plcId: 'plc-03' }

function setUp(): { store: LiveStore; flush: () => void; schedule: ReturnType<typeof vi.fn> } {
  let pending: (() => void) | undefined
  const schedule = vi.fn((flush: () => void) => {
    pending = flush
  })
  const flush = (): void => pending?.()
  return { store: createLiveStore(schedule), flush, schedule }
}

function sample(ts: number, value: Statement['value']): Statement {
  return { ts, value, quality: 'GOOD', unit: null, dataType: 'float' }
}

it('renders once per frame, however many messages came', () => {
  const { store, flush, schedule } = setUp()
  const plc = store.plc(PLC)
  for (let ts = 1; ts <= 100; ts++) store.apply(PLC, new Map([['temp', sample(ts, ts)]]))
  expect(schedule).toHaveBeenCalledOnce()
  expect(plc.cells.value).toHaveLength(0)
  flush()
  const cell = plc.cells.value[0]!
  const seen: unknown[] = []
  watchSyncEffect(() => seen.push(cell.reading.value.value))
  for (let ts = 101; ts <= 200; ts++) store.apply(PLC, new Map([['temp', sample(ts, ts)]]))
  flush()
  expect(seen).toEqual([100, 200])
  expect(plc.lastTs.value).toBe(200)
})

it('keeps its cells when only values change, in the order of their names', () => {
  const { store, flush } = setUp()
  const plc = store.plc(PLC)
  store.apply(PLC, new Map([['b', sample(1, 1)]]))
  store.apply(PLC, new Map([['a', sample(1, 1)]]))
  flush()
  const before = plc.cells.value
  expect(before.map((cell) => cell.metricId)).toEqual(['a', 'b'])
  store.apply(PLC, new Map([['a', sample(2, 5)]]))
  flush()
  expect(plc.cells.value).toBe(before)
})

it('lists the PLCs that data has come from', () => {
  const { store, flush } = setUp()
  store.plc({ ...PLC, plcId: 'plc-99' })
  store.apply(PLC, new Map([['a', sample(1, 1)]]))
  flush()
  store.apply(PLC, new Map([['a', sample(2, 1)]]))
  flush()
  expect(store.roster.value).toEqual([PLC])
})

it('bounds the trail', () => {
  const { store, flush } = setUp()
  for (let ts = 1; ts <= 3 * TRAIL_LENGTH; ts++) {
    store.apply(PLC, new Map([['a', sample(ts, ts)]]))
    flush()
  }
  expect(store.plc(PLC).cells.value[0]!.trail).toHaveLength(TRAIL_LENGTH)
})

it('forgets everything, also what was not drawn yet', () => {
  const { store, flush } = setUp()
  store.apply(PLC, new Map([['a', sample(1, 1)]]))
  flush()
  store.apply(PLC, new Map([['b', sample(1, 1)]]))
  store.clear()
  flush()
  expect(store.roster.value).toEqual([])
  expect(store.plc(PLC).cells.value).toEqual([])
  store.apply(PLC, new Map([['a', sample(1, 1)]]))
  flush()
  expect(store.roster.value).toEqual([PLC])
})
