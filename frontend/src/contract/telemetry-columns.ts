import * as v from 'valibot'
import {
  instantSchema,
  metricValueSchema,
  optionalCountSchema,
  qualitySchema,
} from '@/contract/common'
import { RESOLUTION } from '@/contract/rest'

const timesSchema = v.array(instantSchema)
const figuresSchema = v.array(optionalCountSchema)

/** The samples of one metric; a row that is null but for its time is a gap. */
export const rawColumnsSchema = v.object({
  metricId: v.string(),
  times: timesSchema,
  values: v.array(metricValueSchema),
  qualities: v.array(v.nullable(qualitySchema)),
})
export type RawColumns = v.InferOutput<typeof rawColumnsSchema>

/** The buckets of one metric; `times` are their starts, and a row of nulls is a gap. */
export const bucketColumnsSchema = v.object({
  metricId: v.string(),
  times: timesSchema,
  min: figuresSchema,
  max: figuresSchema,
  avg: figuresSchema,
  count: figuresSchema,
  nonGood: figuresSchema,
})
export type BucketColumns = v.InferOutput<typeof bucketColumnsSchema>

/** A chart of several metrics, one list for each figure. */
export const telemetryColumnsSchema = v.variant('resolution', [
  v.object({ resolution: v.literal(RESOLUTION.raw), columns: v.array(rawColumnsSchema) }),
  v.object({
    resolution: v.literal(RESOLUTION.buckets),
    columns: v.array(bucketColumnsSchema),
    bucketSeconds: v.number(),
    /** How many samples all buckets stand for. */
    samples: optionalCountSchema,
  }),
])
export type TelemetryColumns = v.InferOutput<typeof telemetryColumnsSchema>
