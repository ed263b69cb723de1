import { expect, it } from 'vitest'
import { namesInPayload, parseTopic } from '@/modules/quarantine/topic'

it('reads the names of a topic', () => {
  expect(parseTopic('factory/granix/ba/planta-1/gateway/gw-01/telemetry')).toEqual({
    tenant: 'granix',
    province: 'ba',
    plant: 'planta-1',
    gatewayId: 'gw-01',
  })
})

it.each([
  '',
  'factory/a/b/c/gateway/d',
  'factory/a//c/gateway/d/telemetry',
  'x/a/b/c/gateway/d/telemetry',
])('sees that %j has another form', (topic) => {
  expect(parseTopic(topic)).toBeNull()
})

it('reads what a payload says of them', () => {
  expect(namesInPayload('{"tenant":"granix","plant":7,"value":1}')).toEqual({ tenant: 'granix' })
  expect(namesInPayload('[1]')).toEqual({})
  expect(namesInPayload('{')).toEqual({})
})
