import * as v from 'valibot'
import {
  countSchema,
  dataTypeSchema,
  instantSchema,
  metricValueSchema,
  optionalCountSchema,
  optionalInstantSchema,
  optionalTextSchema,
  pageSchema,
  qualitySchema,
} from '@/contract/common'

export const siteSchema = v.object({
  id: v.string(),
  tenant: v.string(),
  site: v.string(),
  province: optionalTextSchema,
  name: optionalTextSchema,
  timeZone: optionalTextSchema,
  plcs: optionalCountSchema,
  gateways: optionalCountSchema,
})
export type Site = v.InferOutput<typeof siteSchema>
export const sitePageSchema = pageSchema(siteSchema)

export const plcSchema = v.object({
  id: v.string(),
  tenant: v.string(),
  site: v.string(),
  plcId: v.string(),
  name: optionalTextSchema,
  lastTs: optionalInstantSchema,
})
export type Plc = v.InferOutput<typeof plcSchema>
export const plcPageSchema = pageSchema(plcSchema)

export const GATEWAY_STATUS = {
  online: 'online',
  offline: 'offline',
  neverSeen: 'never_seen',
} as const
export type GatewayStatus = (typeof GATEWAY_STATUS)[keyof typeof GATEWAY_STATUS]
export const gatewayStatusSchema = v.picklist(Object.values(GATEWAY_STATUS))

/** What the gateway last said about itself. Each field may be missing in an older gateway. */
export const heartbeatSchema = v.object({
  state: optionalTextSchema,
  version: optionalTextSchema,
  uptimeSec: optionalCountSchema,
  internet: optionalTextSchema,
  mqtt: optionalTextSchema,
  plcLink: optionalTextSchema,
  bufferMode: optionalTextSchema,
  queuedMessages: optionalCountSchema,
  timestamp: optionalInstantSchema,
})
export type Heartbeat = v.InferOutput<typeof heartbeatSchema>

export const gatewaySchema = v.object({
  id: v.string(),
  tenant: v.string(),
  province: optionalTextSchema,
  site: v.string(),
  gatewayId: v.string(),
  name: optionalTextSchema,
  status: gatewayStatusSchema,
  since: optionalInstantSchema,
  lastSeen: optionalInstantSchema,
  heartbeat: v.optional(v.nullable(heartbeatSchema), null),
  /** Receipt minus source time of the last heartbeat: above 0 its clock is behind. */
  clockSkewMs: optionalCountSchema,
  missingSeq: optionalCountSchema,
  lastBootId: optionalTextSchema,
})
export type Gateway = v.InferOutput<typeof gatewaySchema>
export const gatewayPageSchema = pageSchema(gatewaySchema)

export const plcStateSchema = v.object({
  tenant: v.string(),
  site: v.string(),
  plcId: v.string(),
  lastTs: optionalInstantSchema,
  values: v.record(
    v.string(),
    v.object({
      value: v.optional(metricValueSchema, null),
      ts: instantSchema,
      quality: qualitySchema,
      unit: optionalTextSchema,
      dataType: v.optional(v.nullable(dataTypeSchema), null),
    }),
  ),
})
export type PlcState = v.InferOutput<typeof plcStateSchema>

export const rawSampleSchema = v.object({
  ts: instantSchema,
  metricId: v.string(),
  value: v.optional(metricValueSchema, null),
  quality: qualitySchema,
  unit: optionalTextSchema,
})
export type RawSample = v.InferOutput<typeof rawSampleSchema>

const optionalNumberSchema = v.optional(v.nullable(countSchema), null)

export const hourlyRowSchema = v.object({
  hour: instantSchema,
  metricId: v.string(),
  count: countSchema,
  avg: optionalNumberSchema,
  min: optionalNumberSchema,
  max: optionalNumberSchema,
  nonGood: v.optional(countSchema, 0),
})
export type HourlyRow = v.InferOutput<typeof hourlyRowSchema>

export const bucketRowSchema = v.object({
  start: instantSchema,
  metricId: v.string(),
  count: countSchema,
  avg: optionalNumberSchema,
  min: optionalNumberSchema,
  max: optionalNumberSchema,
  nonGood: v.optional(countSchema, 0),
})
export type BucketRow = v.InferOutput<typeof bucketRowSchema>

export const RESOLUTION = { raw: 'raw', hourly: 'hourly', buckets: 'buckets' } as const

/** One page of history; which of the shapes it has, the server decides under `resolution=auto`. */
export const telemetryPageSchema = v.variant('resolution', [
  v.object({
    resolution: v.literal(RESOLUTION.raw),
    items: v.array(rawSampleSchema),
    nextCursor: optionalTextSchema,
  }),
  v.object({
    resolution: v.literal(RESOLUTION.hourly),
    items: v.array(hourlyRowSchema),
    nextCursor: optionalTextSchema,
  }),
  v.object({
    resolution: v.literal(RESOLUTION.buckets),
    items: v.array(bucketRowSchema),
    bucketSeconds: v.number(),
    nextCursor: optionalTextSchema,
  }),
])
export type TelemetryPage = v.InferOutput<typeof telemetryPageSchema>

/** One field of a body that the server does not accept. */
export const fieldProblemSchema = v.object({ field: v.string(), detail: v.string() })
export type FieldProblem = v.InferOutput<typeof fieldProblemSchema>

/** RFC 9457. `code` is the stable part a program may decide on. */
export const problemSchema = v.object({
  title: optionalTextSchema,
  status: v.optional(v.number()),
  code: optionalTextSchema,
  detail: optionalTextSchema,
  // Details of details: where they do not fit, the rest of the problem still says enough.
  errors: v.optional(v.fallback(v.array(fieldProblemSchema), []), []),
})
export type Problem = v.InferOutput<typeof problemSchema>
