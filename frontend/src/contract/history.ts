import * as v from 'valibot'
import {
  metricValueSchema,
  optionalTextSchema,
  QUALITY,
  type MetricValue,
  type Quality,
} from '@/contract/common'
import { RESOLUTION } from '@/contract/rest'

/** A column is looked through in one go: a schema for each cell of a chart of 100 000 would be felt. */
function column<Cell>(isCell: (cell: unknown) => boolean): v.CustomSchema<Cell[], undefined> {
  return v.custom<Cell[]>((input) => Array.isArray(input) && input.every(isCell))
}

const isNumber = (cell: unknown): boolean => typeof cell === 'number'
const isNumberOrNull = (cell: unknown): boolean => cell === null || typeof cell === 'number'
const isValue = (cell: unknown): boolean => v.is(metricValueSchema, cell)
const isQualityOrNull = (cell: unknown): boolean =>
  cell === null || cell === QUALITY.good || cell === QUALITY.bad || cell === QUALITY.uncertain

const figures = column<number | null>(isNumberOrNull)

/** The samples of a metric; where nothing came for much longer than usual, all but the time is null. */
export const rawColumnsSchema = v.object({
  metricId: v.string(),
  unit: optionalTextSchema,
  times: column<number>(isNumber),
  values: column<MetricValue>(isValue),
  qualities: column<Quality | null>(isQualityOrNull),
})
export type RawColumns = v.InferOutput<typeof rawColumnsSchema>

/** The buckets of a metric, by their starts; a gap is a row of nulls here too. */
export const bucketColumnsSchema = v.object({
  metricId: v.string(),
  unit: optionalTextSchema,
  source: v.picklist(['samples', 'hourly']),
  times: column<number>(isNumber),
  min: figures,
  max: figures,
  avg: figures,
  count: figures,
  nonGood: figures,
})
export type BucketColumns = v.InferOutput<typeof bucketColumnsSchema>

/** A chart of some metrics, as samples if they are few, otherwise as buckets of time. */
export const telemetryColumnsSchema = v.variant('resolution', [
  v.object({ resolution: v.literal(RESOLUTION.raw), columns: v.array(rawColumnsSchema) }),
  v.object({
    resolution: v.literal(RESOLUTION.buckets),
    bucketSeconds: v.number(),
    columns: v.array(bucketColumnsSchema),
  }),
])
