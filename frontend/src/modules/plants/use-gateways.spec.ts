import { expect, it } from 'vitest'
import * as v from 'valibot'
import { gatewaySchema, type Gateway } from '@/contract/rest'
import { gatewayMessageSchema } from '@/contract/websocket'
import { overlay } from '@/modules/plants/use-gateways'

const LISTED = v.parse(gatewaySchema, {
  id: '1',
  tenant: 'granix',
  site: 'planta-1',
  gatewayId: 'gw-01',
  status: 'online',
  since: '2025-01-08T18:00:00.000Z',
  lastSeen: '2025-01-08T18:10:00.000Z',
  heartbeat: { version: '1.0.0', queuedMessages: 3 },
})

function hear(fields: object): Gateway[] {
  const message = v.parse(gatewayMessageSchema, {
    type: 'gateway',
    tenant: 'granix',
    site: 'planta-1',
    gatewayId: 'gw-01',
    status: 'offline',
    ...fields,
  })
  const key = `${message.tenant}/${message.site}/${message.gatewayId}`
  return overlay([LISTED], new Map([[key, message]]))
}

it('takes the state that was heard, and keeps what it did not say', () => {
  const [gateway] = hear({ since: 1_736_360_000_000 })
  expect(gateway).toMatchObject({ status: 'offline', since: 1_736_360_000_000 })
  expect(gateway!.heartbeat?.queuedMessages).toBe(3)
})

it('reads heartbeat fields nested or flat', () => {
  expect(hear({ queuedMessages: 7 })[0]!.heartbeat?.queuedMessages).toBe(7)
  expect(hear({ heartbeat: { queuedMessages: 9 } })[0]!.heartbeat?.queuedMessages).toBe(9)
})

it('takes how far the clock is off from what was heard', () => {
  expect(hear({ clockSkewMs: -7_000 })[0]!.clockSkewMs).toBe(-7_000)
})

it('does not let an old message hide a newer list', () => {
  expect(hear({ lastSeen: '2025-01-08T18:05:00.000Z' })[0]!.status).toBe('online')
})

it('shows a gateway that is in no list yet', () => {
  expect(hear({ gatewayId: 'gw-02' }).map((each) => each.gatewayId)).toEqual(['gw-01', 'gw-02'])
})

it('shows a gateway that was moved no more where it stood', () => {
  expect(hear({ gone: true })).toEqual([])
  expect(hear({ gatewayId: 'gw-02', gone: true }).map((each) => each.gatewayId)).toEqual(['gw-01'])
})
