import { describe, expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { Gateway } from '@/contract/rest'
import type { GatewayMessage } from '@/contract/websocket'
import type { MetricCell } from '@/core/live/live-store'
import type { TableRow } from '@/modules/dashboards/model/options'
import { gaugeArc } from '@/modules/dashboards/widgets/gauge'
import { lampState } from '@/modules/dashboards/widgets/lamp-state'
import { limitsOnScale, onScale, spanOnScale } from '@/modules/dashboards/widgets/scale'
import { readRows } from '@/modules/dashboards/widgets/table-rows'
import { withNews } from '@/modules/dashboards/widgets/use-site-gateways'

describe('a lamp', () => {
  it.each([
    [true, '', false, 'on'],
    [false, '', false, 'off'],
    [false, '', true, 'on'],
    [0, '', false, 'off'],
    [3n, '', false, 'on'],
    ['RUN', '', false, 'unknown'],
    ['RUN', 'RUN', false, 'on'],
    ['STOP', 'RUN', true, 'on'],
    [2, '2', false, 'on'],
    [null, 'RUN', false, 'unknown'],
  ] as const)('for %s, on with %o, inverted %s, is %s', (value, onValue, invert, state) => {
    expect(lampState(value, { onValue, invert })).toBe(state)
  })
})

describe('a scale', () => {
  it('says what is beyond its ends', () => {
    expect(onScale(50, 0, 200)).toEqual({ at: 0.25, beyond: null })
    expect(onScale(-1, 0, 200)).toEqual({ at: 0, beyond: 'low' })
    expect(onScale(201, 0, 200)).toEqual({ at: 1, beyond: 'high' })
    expect(onScale(5, 10, 10)).toEqual({ at: 0, beyond: null })
  })

  it('leaves an open end of a span to its own', () => {
    expect(spanOnScale([20, null], 0, 100)).toEqual([0.2, 1])
    expect(spanOnScale([null, 30], 0, 100)).toEqual([0, 0.3])
    expect(spanOnScale([null, null], 0, 100)).toBeNull()
    expect(spanOnScale([120, 130], 0, 100)).toBeNull()
  })

  it('shows the limits within it', () => {
    expect(limitsOnScale({ ll: -5, l: 10, h: 90, hh: null }, 0, 100)).toEqual([0.1, 0.9])
  })
})

it('draws more than half of the dial as the longer way round', () => {
  expect(gaugeArc(0, 1, 10)).toMatch(/A10 10 0 1 1 /)
  expect(gaugeArc(0.2, 0.5, 10)).toMatch(/A10 10 0 0 1 /)
})

describe('the rows of a table', () => {
  const reading = {
    value: 1,
    ts: 0,
    quality: 'GOOD',
    unit: null,
    dataType: 'int',
    decimals: 0,
  } as const
  const cells = new Map<string, MetricCell>(
    ['flow', 'temp'].map((metricId) => [
      metricId,
      { metricId, reading: shallowRef({ ...reading, metricId }), trail: [] },
    ]),
  )
  const row = (metricId: string, label = ''): TableRow => ({ metricId, label, decimals: null })

  it('are all metrics where none was chosen', () => {
    const rows = readRows({ rows: [], sort: 'given' }, cells)
    expect(rows.map(({ metricId }) => metricId)).toEqual(['flow', 'temp'])
  })

  it('are those chosen, each once, also one that never came', () => {
    const chosen = [row('temp', 'Z'), row('none', 'A'), row('temp', 'Z')]
    const given = readRows({ rows: chosen, sort: 'given' }, cells)
    expect(given.map(({ metricId, cell }) => [metricId, cell !== undefined])).toEqual([
      ['temp', true],
      ['none', false],
    ])
    const named = readRows({ rows: chosen, sort: 'name' }, cells)
    expect(named.map(({ label }) => label)).toEqual(['A', 'Z'])
  })
})

it('knows of a gateway what was said last', () => {
  const gateway = { gatewayId: 'g1', status: 'online', since: 1, lastSeen: 100 } as Gateway
  const news = (change: Partial<GatewayMessage>): Map<string, GatewayMessage> =>
    new Map([
      [
        'g1',
        {
          gatewayId: 'g1',
          status: 'offline',
          since: 5,
          lastSeen: 200,
          ...change,
        } as GatewayMessage,
      ],
    ])
  expect(withNews([gateway], news({}))).toMatchObject([{ status: 'offline', since: 5 }])
  expect(withNews([gateway], news({ lastSeen: 50 }))).toMatchObject([
    { status: 'online', since: 1 },
  ])
  expect(withNews([gateway], news({ gone: true }))).toEqual([])
})
