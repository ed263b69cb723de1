import * as v from 'valibot'
import { alarmFactsSchema } from '@/contract/alarms'
import {
  dataTypeSchema,
  instantSchema,
  metricValueSchema,
  optionalCountSchema,
  optionalInstantSchema,
  optionalTextSchema,
  qualitySchema,
} from '@/contract/common'
import { gatewayStatusSchema, heartbeatSchema } from '@/contract/rest'

/**
 * Current state (on connect) or a change of one PLC. `times` holds a metric's own time where it
 * differs from `ts`; `unit` and `dataType` come with the snapshot and may be absent in changes.
 */
export const telemetryMessageSchema = v.object({
  type: v.literal('telemetry'),
  tenant: v.string(),
  site: v.string(),
  plcId: v.string(),
  ts: instantSchema,
  values: v.record(v.string(), metricValueSchema),
  quality: v.optional(v.record(v.string(), qualitySchema), {}),
  times: v.optional(v.record(v.string(), instantSchema), {}),
  unit: v.optional(v.record(v.string(), v.nullable(v.string())), {}),
  dataType: v.optional(v.record(v.string(), dataTypeSchema), {}),
})
export type TelemetryMessage = v.InferOutput<typeof telemetryMessageSchema>

/** The heartbeat fields may stand beside `status` or, as in REST, under `heartbeat`. */
export const gatewayMessageSchema = v.object({
  type: v.literal('gateway'),
  tenant: v.string(),
  site: v.string(),
  gatewayId: v.string(),
  status: gatewayStatusSchema,
  since: optionalInstantSchema,
  lastSeen: optionalInstantSchema,
  clockSkewMs: optionalCountSchema,
  /** It was moved and does not stand here any more. */
  gone: v.optional(v.boolean(), false),
  heartbeat: v.optional(v.nullable(heartbeatSchema), null),
  ...heartbeatSchema.entries,
})
export type GatewayMessage = v.InferOutput<typeof gatewayMessageSchema>

/** An alarm as REST shows it, but for its type: `type` is the message's. */
export const alarmMessageSchema = v.object({
  type: v.literal('alarm'),
  alarmType: v.string(),
  ...alarmFactsSchema.entries,
})
export type AlarmMessage = v.InferOutput<typeof alarmMessageSchema>

export const tickMessageSchema = v.object({ type: v.literal('tick') })
export const laggedMessageSchema = v.object({
  type: v.literal('lagged'),
  missed: optionalCountSchema,
  /** Alarms it was told nothing of: to be read from the list. */
  alarms: optionalCountSchema,
})
export type LaggedMessage = v.InferOutput<typeof laggedMessageSchema>

/** The server did not understand what this client said. */
export const errorMessageSchema = v.object({
  type: v.literal('error'),
  code: v.string(),
  detail: optionalTextSchema,
})

export const liveMessageSchema = v.variant('type', [
  telemetryMessageSchema,
  gatewayMessageSchema,
  alarmMessageSchema,
  tickMessageSchema,
  laggedMessageSchema,
  errorMessageSchema,
])
export type LiveMessage = v.InferOutput<typeof liveMessageSchema>
export type LiveMessageType = LiveMessage['type']

/** One entry of the set a client listens to. An absent field matches everything. */
export interface LiveFilter {
  tenant?: string
  site?: string
  plcId?: string
  metricId?: string
  /** Which messages are wanted; without it all. */
  types?: readonly ('telemetry' | 'gateway' | 'alarm')[]
}

export interface SubscribeMessage {
  type: 'subscribe'
  filters: readonly LiveFilter[]
}

/** The server closes a connection with this code when the session behind it has ended, or its rights have changed. */
export const CLOSED_SESSION_ENDED = 4401
