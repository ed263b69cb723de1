import * as v from 'valibot'
import { countSchema, instantSchema, optionalTextSchema } from '@/contract/common'

/** What is kept of a sample. */
export const MODE = { raw: 'raw', hourly: 'hourly', both: 'both', none: 'none' } as const
export type Mode = (typeof MODE)[keyof typeof MODE]
export const MODES = Object.values(MODE)
export const modeSchema = v.picklist(MODES)

/** The names a rule is matched against, in their order from the widest to the narrowest. */
export const MATCH_FIELDS = [
  'tenant',
  'province',
  'plant',
  'gatewayId',
  'plcId',
  'metricId',
] as const
export type MatchField = (typeof MATCH_FIELDS)[number]

const optionalDaysSchema = v.optional(v.nullable(v.number()), null)

export const ruleSchema = v.object({
  id: v.string(),
  version: v.number(),
  name: v.string(),
  enabled: v.boolean(),
  priority: v.number(),
  tenant: v.string(),
  province: v.string(),
  plant: v.string(),
  gatewayId: v.string(),
  plcId: v.string(),
  metricId: v.string(),
  mode: modeSchema,
  rawRetentionDays: optionalDaysSchema,
  hourlyRetentionDays: optionalDaysSchema,
  createdAt: instantSchema,
})
export type Rule = v.InferOutput<typeof ruleSchema>

/** A list of rules, and what holds where none matches. */
export const rulePageSchema = v.object({
  items: v.array(ruleSchema),
  nextCursor: optionalTextSchema,
  defaultMode: modeSchema,
})

export const ruleSeriesSchema = v.object({ matched: countSchema, decided: countSchema })
export type RuleSeries = v.InferOutput<typeof ruleSeriesSchema>

/** The same list with `counts=true`, of which only the counts are read. */
export const countedRulePageSchema = v.object({
  items: v.array(v.object({ id: v.string(), series: ruleSeriesSchema })),
  nextCursor: optionalTextSchema,
  counted: v.object({ series: countSchema, byDefault: countSchema, complete: v.boolean() }),
})

const seriesNames = {
  tenant: v.string(),
  province: v.string(),
  site: v.string(),
  gatewayId: v.string(),
  plcId: v.string(),
  metricId: v.string(),
}
export const seriesNamesSchema = v.object(seriesNames)
export type SeriesNames = v.InferOutput<typeof seriesNamesSchema>

export const keptPerDaySchema = v.object({
  sampleRows: countSchema,
  events: countSchema,
  hourlyRows: countSchema,
  bytes: countSchema,
})
export type KeptPerDay = v.InferOutput<typeof keptPerDaySchema>

export const touchedSeriesSchema = v.object({
  ...seriesNames,
  samplesPerDay: countSchema,
  before: modeSchema,
  after: modeSchema,
  decidedBy: optionalTextSchema,
})
export type TouchedSeries = v.InferOutput<typeof touchedSeriesSchema>

/** What a draft would change, reckoned from what came between `from` and `to`. */
export const dryRunSchema = v.object({
  from: instantSchema,
  to: instantSchema,
  matched: countSchema,
  touched: countSchema,
  before: keptPerDaySchema,
  after: keptPerDaySchema,
  change: keptPerDaySchema,
  bytesPerSample: v.number(),
  bytesPerHourlyRow: countSchema,
  bytesMeasured: v.boolean(),
  series: v.array(touchedSeriesSchema),
})
export type DryRun = v.InferOutput<typeof dryRunSchema>

/** Why a rule that matches does not decide. */
export const WEAKNESS = {
  lowerPriority: 'lower_priority',
  lessSpecific: 'less_specific',
  older: 'older',
  disabled: 'disabled',
} as const
export type Weakness = (typeof WEAKNESS)[keyof typeof WEAKNESS]

export const gatewayExplanationSchema = v.object({
  gatewayId: v.string(),
  /** It sent the series lately. */
  sends: v.boolean(),
  mode: modeSchema,
  decidedBy: v.optional(v.nullable(ruleSchema), null),
})
export type GatewayExplanation = v.InferOutput<typeof gatewayExplanationSchema>

export const explanationSchema = v.object({
  series: seriesNamesSchema,
  mode: modeSchema,
  rawRetentionDays: optionalDaysSchema,
  hourlyRetentionDays: optionalDaysSchema,
  decidedBy: v.optional(v.nullable(ruleSchema), null),
  overruled: v.array(v.object({ rule: ruleSchema, because: v.picklist(Object.values(WEAKNESS)) })),
  /** Where no gateway was named: what each one's would be, this one's included. */
  gateways: v.array(gatewayExplanationSchema),
})
export type Explanation = v.InferOutput<typeof explanationSchema>
