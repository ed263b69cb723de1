import { expect, it } from 'vitest'
import * as v from 'valibot'
import { gatewaySchema } from '@/contract/rest'
import { gatewayFields, splitSpan } from '@/modules/plants/heartbeat'

function abnormal(facts: object, heartbeat: object | null = {}): string[] {
  const gateway = v.parse(gatewaySchema, {
    id: '1',
    tenant: 'granix',
    site: 'planta-1',
    gatewayId: 'gw-01',
    status: 'online',
    heartbeat,
    ...facts,
  })
  return gatewayFields(gateway)
    .filter(({ isAbnormal }) => isAbnormal)
    .map(({ name }) => name)
}

it.each([
  ['nothing known', {}, null, []],
  [
    'all well',
    { clockSkewMs: 12, missingSeq: 0 },
    { internet: 'ok', mqtt: 'ok', plcLink: 'ok', bufferMode: 'disk', queuedMessages: 0 },
    [],
  ],
  ['a PLC that does not answer', {}, { plcLink: 'degraded' }, ['plcLink']],
  [
    'no internet, and messages that wait',
    {},
    { internet: 'down', queuedMessages: 7 },
    ['internet', 'queued'],
  ],
  ['a clock that is ahead', { clockSkewMs: -60_000 }, {}, ['clockSkew']],
  ['messages that never came', { missingSeq: 3 }, {}, ['missingSeq']],
])('%s', (_name, facts, heartbeat, names) => {
  expect(abnormal(facts, heartbeat)).toEqual(names)
})

it.each([
  [0, [['millisecond', 0]]],
  [-999, [['millisecond', -999]]],
  [1_000, [['second', 1]]],
  [
    93_212_000,
    [
      ['day', 1],
      ['hour', 1],
    ],
  ],
  [86_400_000, [['day', 1]]],
  [
    -90_000,
    [
      ['minute', -1],
      ['second', 30],
    ],
  ],
])('%i ms in two units', (ms, parts) => {
  expect(splitSpan(ms).map(({ unit, count }) => [unit, count])).toEqual(parts)
})
