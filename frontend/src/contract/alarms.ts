import * as v from 'valibot'
import {
  countSchema,
  instantSchema,
  optionalInstantSchema,
  optionalTextSchema,
  pageSchema,
} from '@/contract/common'

/** The priority of an alarm, the most urgent first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What an alarm says wherever it is told of; its type has another name in the live feed. */
export const alarmFactsSchema = v.object({
  id: v.string(),
  version: countSchema,
  tenant: v.string(),
  site: v.string(),
  plcId: v.string(),
  plcName: optionalTextSchema,
  metricId: optionalTextSchema,
  ts: instantSchema,
  message: v.string(),
  severity: v.picklist(SEVERITIES),
  acknowledged: v.boolean(),
  acknowledgedAt: optionalInstantSchema,
  acknowledgedBy: optionalTextSchema,
  comment: optionalTextSchema,
})

export const alarmSchema = v.object({ type: v.string(), ...alarmFactsSchema.entries })
export type Alarm = v.InferOutput<typeof alarmSchema>
export const alarmPageSchema = pageSchema(alarmSchema)

/** What nobody has acknowledged yet. */
export const alarmSummarySchema = v.object({
  unacknowledged: v.object({
    critical: countSchema,
    high: countSchema,
    medium: countSchema,
    low: countSchema,
  }),
  newest: v.nullable(alarmSchema),
})
export type AlarmSummary = v.InferOutput<typeof alarmSummarySchema>

/** What became of one of several alarms to be acknowledged. */
export const ACKNOWLEDGED = {
  done: 'acknowledged',
  before: 'already_acknowledged',
  forbidden: 'forbidden',
  notFound: 'not_found',
} as const
export type AcknowledgeResult = (typeof ACKNOWLEDGED)[keyof typeof ACKNOWLEDGED]

export const acknowledgedManySchema = v.object({
  results: v.array(v.object({ id: v.string(), result: v.picklist(Object.values(ACKNOWLEDGED)) })),
})

/** The server takes this many at once, and as long a comment. */
export const MOST_ACKNOWLEDGED = 500
export const MOST_COMMENT = 1_000
