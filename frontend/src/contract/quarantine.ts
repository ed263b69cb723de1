import * as v from 'valibot'
import {
  countSchema,
  instantSchema,
  optionalInstantSchema,
  optionalTextSchema,
  pageSchema,
} from '@/contract/common'

/** Why a message or a sample was not taken: a closed list. */
export const REJECT_REASONS = [
  'payload_too_large',
  'not_json',
  'missing_field',
  'invalid_field',
  'invalid_identifier',
  'unsupported_schema_version',
  'unknown_type',
  'value_type_mismatch',
  'topic_mismatch',
  'gateway_moved',
  'timestamp_out_of_range',
  'conflicting_duplicate',
  'not_provisioned',
  'series_limit',
  'storage_refused',
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]
const reasonSchema = v.picklist(REJECT_REASONS)

export const REJECTION_STATUS = {
  open: 'open',
  requested: 'requested',
  replayed: 'replayed',
} as const
export type RejectionStatus = (typeof REJECTION_STATUS)[keyof typeof REJECTION_STATUS]
const statusSchema = v.picklist(Object.values(REJECTION_STATUS))

export const REPLAY_OUTCOMES = [
  'stored',
  'duplicate',
  'not_kept',
  'rejected_again',
  'given_up',
] as const
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number]

export const replaySchema = v.object({
  state: v.picklist(['requested', 'done']),
  outcome: v.optional(v.nullable(v.picklist(REPLAY_OUTCOMES)), null),
  requestedBy: v.string(),
  requestedAt: optionalInstantSchema,
  replayedAt: optionalInstantSchema,
})
export type Replay = v.InferOutput<typeof replaySchema>

const entry = {
  id: v.string(),
  receivedAt: instantSchema,
  topic: v.string(),
  reason: reasonSchema,
  detail: v.string(),
  sampleIndex: v.optional(v.nullable(v.number()), null),
  payload: v.string(),
  payloadEncoding: v.string(),
  status: statusSchema,
  replay: v.optional(v.nullable(replaySchema), null),
}
export const rejectionSchema = v.object(entry)
export type Rejection = v.InferOutput<typeof rejectionSchema>
export const rejectionPageSchema = pageSchema(rejectionSchema)

/** How many entries match; with `atLeast`, there are more than the server counts. */
export const matchingSchema = v.object({ count: countSchema, atLeast: v.boolean() })
export type Matching = v.InferOutput<typeof matchingSchema>
/** A page with `count=true`, of which only the count is read. */
export const matchingPageSchema = v.object({ matching: matchingSchema })

/** Who the topic says sent it, and where that gateway belongs. */
export const rejectedGatewaySchema = v.object({
  tenant: v.string(),
  province: v.string(),
  site: v.string(),
  gatewayId: v.string(),
  boundTo: v.optional(v.nullable(v.object({ tenant: v.string(), site: v.string() })), null),
})
export type RejectedGateway = v.InferOutput<typeof rejectedGatewaySchema>

export const otherRejectionSchema = v.object({
  id: v.string(),
  sampleIndex: v.optional(v.nullable(v.number()), null),
  reason: reasonSchema,
  detail: v.string(),
  status: statusSchema,
})
export type OtherRejection = v.InferOutput<typeof otherRejectionSchema>

export const rejectionDetailSchema = v.object({
  ...entry,
  gateway: v.optional(v.nullable(rejectedGatewaySchema), null),
  others: v.array(otherRejectionSchema),
  othersTotal: countSchema,
})
export type RejectionDetail = v.InferOutput<typeof rejectionDetailSchema>

export const rejectionCountsSchema = v.object({
  from: instantSchema,
  to: instantSchema,
  total: countSchema,
  kept: countSchema,
  hasMore: v.boolean(),
  items: v.array(
    v.object({
      reason: v.optional(v.nullable(reasonSchema), null),
      gatewayId: optionalTextSchema,
      hour: optionalInstantSchema,
      total: countSchema,
      kept: countSchema,
    }),
  ),
})
export type RejectionCounts = v.InferOutput<typeof rejectionCountsSchema>

/** What asking for many replays came to, in entries. */
export const requestedReplaysSchema = v.object({
  matched: countSchema,
  requested: countSchema,
  waiting: countSchema,
  replayed: countSchema,
  messages: countSchema,
  hasMore: v.boolean(),
})
export type RequestedReplays = v.InferOutput<typeof requestedReplaysSchema>

export const removedRejectionsSchema = v.object({ deleted: countSchema, hasMore: v.boolean() })
