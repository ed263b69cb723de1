import * as v from 'valibot'

/** The quality of a sample, in the words of OPC UA. */
export const QUALITY = { good: 'GOOD', bad: 'BAD', uncertain: 'UNCERTAIN' } as const
export type Quality = (typeof QUALITY)[keyof typeof QUALITY]

export const DATA_TYPE = { float: 'float', int: 'int', bool: 'bool', string: 'string' } as const
export type DataType = (typeof DATA_TYPE)[keyof typeof DATA_TYPE]

/** A value as it crossed the wire. Integers above 2^53 arrive as `bigint`, never rounded. */
export type MetricValue = number | bigint | boolean | string | null

export const qualitySchema = v.picklist(Object.values(QUALITY))
export const dataTypeSchema = v.picklist(Object.values(DATA_TYPE))
export const metricValueSchema = v.nullable(
  v.union([v.number(), v.boolean(), v.string(), v.bigint()]),
)

/** ISO 8601 text or Unix milliseconds, to Unix milliseconds. */
export const instantSchema = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((input): number => (typeof input === 'number' ? input : Date.parse(input))),
  v.number(),
  v.finite(),
)

export const optionalInstantSchema = v.optional(v.nullable(instantSchema), null)

/** A number that stays on screen as a count; a 64-bit one loses nothing that a reader could see. */
export const countSchema = v.pipe(
  v.union([v.number(), v.bigint()]),
  v.transform((input): number => Number(input)),
)

export const optionalCountSchema = v.optional(v.nullable(countSchema), null)
export const optionalTextSchema = v.optional(v.nullable(v.string()), null)

/** The envelope of every list. */
export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** A list of `item`; entries that do not fit are the caller's problem to notice, so none is dropped. */
// eslint-disable-next-line @typescript-eslint/explicit-function-return-type -- the inferred schema type is the point
export function pageSchema<Item extends v.GenericSchema>(item: Item) {
  return v.object({ items: v.array(item), nextCursor: optionalTextSchema })
}
