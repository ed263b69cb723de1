import { expect, it } from 'vitest'
import * as v from 'valibot'
import { gatewaySchema, type Gateway, type GatewayStatus } from '@/contract/rest'
import { plantState } from '@/modules/plants/gateway-state'

function gateway(status: GatewayStatus, since: number | null, queuedMessages = 0): Gateway {
  return v.parse(gatewaySchema, {
    id: '1',
    tenant: 'granix',
    site: 'planta-1',
    gatewayId: `gw-${String(since)}`,
    status,
    since,
    heartbeat: { queuedMessages },
  })
}

it.each([
  ['nothing is there', [], 'none', null],
  ['nothing was ever heard', [gateway('never_seen', null)], 'never_seen', null],
  // Since the last one came, all are there.
  ['all are there', [gateway('online', 100), gateway('online', 300)], 'online', 300],
  ['one more is expected', [gateway('online', 100), gateway('never_seen', null)], 'online', 100],
  // Since the last one went, none is there.
  ['none is there', [gateway('offline', 100), gateway('offline', 300)], 'offline', 300],
  // Since the first one went, one is missing.
  [
    'some are there',
    [gateway('online', 50), gateway('offline', 300), gateway('offline', 100)],
    'partial',
    100,
  ],
] as const)('%s', (_name, gateways, status, since) => {
  expect(plantState(gateways)).toMatchObject({ status, since })
})

it('counts gateways, and what waits in them', () => {
  const gateways = [gateway('online', 1, 3), gateway('offline', 2, 40), gateway('never_seen', null)]
  expect(plantState(gateways)).toMatchObject({
    counts: { online: 1, offline: 1, never_seen: 1 },
    queued: 43,
  })
})
