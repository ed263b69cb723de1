import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { telemetryMessageSchema, type TelemetryMessage } from '@/contract/websocket'
import { mergeReading, statementsOf } from '@/core/live/merge'
import type { Reading } from '@/core/reading/reading'

function message(fields: Partial<TelemetryMessage>): TelemetryMessage {
  return v.parse(telemetryMessageSchema, {
    type: 'telemetry',
    tenant: 'granix',
    site: 'planta-1',
    plcId: 'plc-03',
    ts: 2_000,
    values: {},
    ...fields,
  })
}

function apply(messages: TelemetryMessage[], metricId: string): Reading | undefined {
  let reading: Reading | undefined
  for (const each of messages) {
    const statement = statementsOf(each).get(metricId)
    if (statement) reading = mergeReading(metricId, reading, statement)
  }
  return reading
}

const SNAPSHOT = message({
  values: { temp: 83.2, level: 4 },
  quality: { temp: 'GOOD', level: 'UNCERTAIN' },
  times: { level: 1_500 },
  unit: { temp: 'celsius', level: null },
  dataType: { temp: 'float', level: 'int' },
})

describe('merging a snapshot and changes', () => {
  it("takes a metric's own time where it differs", () => {
    expect(apply([SNAPSHOT], 'temp')?.ts).toBe(2_000)
    expect(apply([SNAPSHOT], 'level')?.ts).toBe(1_500)
  })

  it('keeps unit and type that a change leaves out', () => {
    const change = message({ ts: 3_000, values: { temp: 84 }, quality: { temp: 'GOOD' } })
    expect(apply([SNAPSHOT, change], 'temp')).toEqual({
      metricId: 'temp',
      value: 84,
      ts: 3_000,
      quality: 'GOOD',
      unit: 'celsius',
      dataType: 'float',
      decimals: 1,
    })
  })

  it('never goes back in time', () => {
    const late = message({ ts: 1_000, values: { temp: 10 } })
    expect(apply([SNAPSHOT, late], 'temp')?.value).toBe(83.2)
  })

  it('takes the later word at the same time', () => {
    const corrected = message({ ts: 2_000, values: { temp: 83.4 } })
    expect(apply([SNAPSHOT, corrected], 'temp')?.value).toBe(83.4)
  })

  it('follows a series that changes its type', () => {
    const text = message({ ts: 3_000, values: { temp: 'broken wire' } })
    expect(apply([SNAPSHOT, text], 'temp')?.dataType).toBe('string')
  })

  it('keeps the type through a missing value', () => {
    const bad = message({ ts: 3_000, values: { level: null }, quality: { level: 'BAD' } })
    expect(apply([SNAPSHOT, bad], 'level')).toMatchObject({ value: null, dataType: 'int' })
  })

  it('keeps the most decimals seen', () => {
    const change = message({ ts: 3_000, values: { temp: 83.25 } })
    const rounder = message({ ts: 4_000, values: { temp: 83 } })
    expect(apply([SNAPSHOT, change, rounder], 'temp')?.decimals).toBe(2)
  })
})
