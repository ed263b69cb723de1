import * as v from 'valibot'
import {
  countSchema,
  instantSchema,
  optionalCountSchema,
  optionalInstantSchema,
  optionalTextSchema,
} from '@/contract/common'

/** One connection to the broker. */
export const connectionSchema = v.object({
  clientId: v.string(),
  state: v.string(),
  since: instantSchema,
  sessionPresent: v.nullable(v.boolean()),
  subscriptions: v.array(v.object({ filter: v.string(), state: v.string() })),
  /** Received and not yet acknowledged. */
  inFlight: countSchema,
  /** How many of those the broker may send. */
  window: countSchema,
  rate: countSchema,
  /** Messages a second above which AWS IoT Core throws them away. */
  rateLimit: countSchema,
  /** In the fastest second of the last minute, and of the last hour. */
  peakRateLastMinute: countSchema,
  peakRateLastHour: countSchema,
  reconnects: countSchema,
  received: countSchema,
  acknowledged: countSchema,
  resent: countSchema,
  drainEstimateSec: optionalCountSchema,
  lastError: optionalTextSchema,
})
export type Connection = v.InferOutput<typeof connectionSchema>

export const mqttSchema = v.object({
  state: v.string(),
  lastMessageAt: optionalInstantSchema,
  missingSeq: countSchema,
  connections: v.array(connectionSchema),
})
export type Mqtt = v.InferOutput<typeof mqttSchema>

/** The disk buffer for messages that the database cannot take now. */
export const spoolSchema = v.object({
  state: v.string(),
  since: instantSchema,
  entries: countSchema,
  bytes: countSchema,
  maxBytes: countSchema,
  oldestReceivedAt: optionalInstantSchema,
  drainEstimateSec: optionalCountSchema,
  lastError: optionalTextSchema,
})
export type Spool = v.InferOutput<typeof spoolSchema>

/** The room that history takes, and how long it will do. */
export const storageSchema = v.object({
  state: v.string(),
  weighedAt: instantSchema,
  bytes: countSchema,
  bytesPerDay: countSchema,
  /** Null: the budget is never reached, or there is none. */
  daysLeft: optionalCountSchema,
  maxBytes: optionalCountSchema,
  /** What is older was dropped for want of room; null: nothing was. */
  rawFrom: optionalInstantSchema,
  hourlyFrom: optionalInstantSchema,
})
export type Storage = v.InferOutput<typeof storageSchema>

export const databaseSchema = v.object({
  state: v.string(),
  since: instantSchema,
  lastError: optionalTextSchema,
})

export const healthSchema = v.object({
  status: v.string(),
  version: v.string(),
  commit: v.string(),
  startedAt: instantSchema,
  uptimeSec: countSchema,
  role: v.string(),
  warnings: v.array(v.string()),
  mqtt: mqttSchema,
  database: databaseSchema,
  spool: spoolSchema,
  storage: v.optional(v.nullable(storageSchema), null),
})
export type Health = v.InferOutput<typeof healthSchema>

export const tenantStatusSchema = v.object({
  tenant: v.string(),
  name: optionalTextSchema,
  plants: countSchema,
  gateways: countSchema,
  gatewaysOnline: countSchema,
  series: countSchema,
  samplesLastDay: countSchema,
  bytesPerDay: optionalCountSchema,
  /** Which part of what all tenants add, from 0 to 1. */
  storageShare: v.optional(v.nullable(v.number()), null),
})
export type TenantStatus = v.InferOutput<typeof tenantStatusSchema>

export const certificateSchema = v.object({
  /** Ours, the authority we trust, the broker's, and the page's. */
  kind: v.picklist(['client', 'ca', 'broker', 'web']),
  subject: v.string(),
  issuer: v.string(),
  notAfter: instantSchema,
  /** Negative once it has expired. */
  daysLeft: countSchema,
})
export type Certificate = v.InferOutput<typeof certificateSchema>

/** How far certificate files that were replaced on disk have come. */
export const certificateRotationSchema = v.object({
  state: v.picklist(['none', 'waiting', 'trying', 'failed']),
  since: instantSchema,
  detail: optionalTextSchema,
})
export type CertificateRotation = v.InferOutput<typeof certificateRotationSchema>

export const loggedErrorSchema = v.object({
  at: instantSchema,
  level: v.picklist(['WARN', 'ERROR']),
  target: v.string(),
  message: v.string(),
  times: countSchema,
})
export type LoggedError = v.InferOutput<typeof loggedErrorSchema>

const packedSpanSchema = v.object({ from: instantSchema, at: instantSchema, samples: countSchema })

/** How far history is packed; null is what this process does not know. */
export const packingSchema = v.object({
  /** What lies before is packed, but for what is due. */
  packedUpTo: optionalInstantSchema,
  daysPacked: optionalCountSchema,
  /** Days in which hours lie that are still to be packed, and those hours. */
  daysBehind: optionalCountSchema,
  hoursDue: optionalCountSchema,
  underWay: v.nullable(packedSpanSchema),
  last: v.nullable(packedSpanSchema),
  lastError: optionalTextSchema,
})
export type Packing = v.InferOutput<typeof packingSchema>

/** How long history stays where no rule says otherwise; null days are for ever. */
export const retentionSchema = v.object({
  rawDays: optionalCountSchema,
  hourlyDays: optionalCountSchema,
  nextRunAt: optionalInstantSchema,
  /** Nothing goes by its age before: rules or days were changed. */
  heldUntil: optionalInstantSchema,
  lastLetGo: v.nullable(
    v.object({
      at: instantSchema,
      table: v.string(),
      bytes: optionalCountSchema,
      rows: optionalCountSchema,
    }),
  ),
  lastError: optionalTextSchema,
})
export type Retention = v.InferOutput<typeof retentionSchema>

/** The backups of the database. */
export const backupSchema = v.object({
  state: v.picklist(['never', 'ok', 'late', 'failed', 'unverified', 'not_archived']),
  lastError: optionalTextSchema,
  lastArchivedAt: optionalInstantSchema,
  repositories: v.array(
    v.object({
      repository: v.picklist(['local', 's3']),
      lastSuccessAt: optionalInstantSchema,
      lastKind: v.nullable(v.picklist(['full', 'differential', 'incremental'])),
      bytes: optionalCountSchema,
      lastVerifiedAt: optionalInstantSchema,
    }),
  ),
})
export type Backup = v.InferOutput<typeof backupSchema>

/** How everything is doing. What concerns all customers alike is null for others than internal admins. */
export const systemSchema = v.object({
  status: v.string(),
  notReady: v.array(v.string()),
  version: v.string(),
  commit: v.string(),
  now: instantSchema,
  process: v.nullable(
    v.object({
      role: v.string(),
      startedAt: instantSchema,
      uptimeSec: countSchema,
      memoryBytes: optionalCountSchema,
      wsConnections: countSchema,
    }),
  ),
  mqtt: v.nullable(mqttSchema),
  ingest: v.nullable(
    v.object({
      received: countSchema,
      processed: countSchema,
      failed: countSchema,
      messagesPerSecond: countSchema,
      lagMs: optionalCountSchema,
      lastMessageAt: optionalInstantSchema,
    }),
  ),
  spool: v.nullable(spoolSchema),
  database: v.nullable(
    v.object({
      ...databaseSchema.entries,
      bytes: optionalCountSchema,
      version: optionalTextSchema,
      tables: v.array(v.object({ name: v.string(), bytes: countSchema, rows: countSchema })),
    }),
  ),
  storage: v.nullable(storageSchema),
  packing: v.nullable(packingSchema),
  retention: v.nullable(retentionSchema),
  backup: v.nullable(backupSchema),
  certificates: v.array(certificateSchema),
  certificateRotation: v.nullable(certificateRotationSchema),
  errors: v.array(loggedErrorSchema),
  tenants: v.nullable(v.array(tenantStatusSchema)),
})
export type System = v.InferOutput<typeof systemSchema>
