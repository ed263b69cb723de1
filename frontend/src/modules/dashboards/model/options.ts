import * as v from 'valibot'
import { SEVERITIES } from '@/contract/alarms'
import { WIDGET_TYPE, type Options } from '@/contract/dashboards'
import type { RangeName } from '@/core/trend/ranges'

/**
 * What each type reads of its options. The server keeps any JSON: what is not understood is shown
 * with its default and kept as it is, and so is every key that a type does not know.
 */
const number = v.pipe(
  v.union([v.number(), v.bigint()]),
  v.transform((value): number => Number(value)),
  v.finite(),
)
const limit = v.nullish(number, null)

export const MAX_DECIMALS = 6
const decimals = v.nullish(
  v.pipe(number, v.integer(), v.minValue(0), v.maxValue(MAX_DECIMALS)),
  null,
)

export interface Limits {
  ll: number | null
  l: number | null
  h: number | null
  hh: number | null
}
const NO_LIMITS: Limits = { ll: null, l: null, h: null, hh: null }
const limits = v.nullish(v.object({ ll: limit, l: limit, h: limit, hh: limit }), NO_LIMITS)

/** From and to; either may be open. */
export type Span = [low: number | null, high: number | null]
const span = v.nullish(v.tuple([limit, limit]), [null, null])

const yes = v.nullish(v.boolean(), true)
const no = v.nullish(v.boolean(), false)
const words = v.nullish(v.string(), '')
const metric = v.nullish(v.string(), null)

export const PERIOD_NAMES = [
  '5m',
  '15m',
  '1h',
  '6h',
  '24h',
  '7d',
] as const satisfies readonly RangeName[]
export type Period = (typeof PERIOD_NAMES)[number]
const period = v.picklist(PERIOD_NAMES)

const ORIENTATIONS = ['auto', 'horizontal', 'vertical'] as const
const ABNORMAL_WHEN = ['never', 'on', 'off'] as const
const SORTS = ['given', 'name'] as const
const SHOWN_ALARMS = ['open', 'all'] as const
export const AXES = ['left', 'right'] as const

const pen = v.object({
  metricId: v.string(),
  label: words,
  axis: v.nullish(v.picklist(AXES), 'left'),
})
export type Pen = v.InferOutput<typeof pen>

const row = v.object({ metricId: v.string(), label: words, decimals })
export type TableRow = v.InferOutput<typeof row>

/** A value as JSON may write it is compared as a text: `true`, `3`, `RUN`. */
const mapped = v.object({
  value: v.pipe(
    v.union([v.string(), v.boolean(), v.number(), v.bigint()]),
    v.transform((value): string => String(value)),
  ),
  text: words,
  abnormal: no,
})
export type MappedState = v.InferOutput<typeof mapped>

const scale = {
  min: v.nullish(number, 0),
  max: v.nullish(number, 100),
  normal: span,
  limits,
  decimals,
  setpointMetric: metric,
}

export const OPTION_SCHEMAS = {
  [WIDGET_TYPE.value]: { decimals, showSpark: yes, limits },
  [WIDGET_TYPE.bar]: { ...scale, orientation: v.nullish(v.picklist(ORIENTATIONS), 'auto') },
  [WIDGET_TYPE.gauge]: scale,
  [WIDGET_TYPE.sparkline]: {
    range: v.nullish(period, '15m'),
    band: span,
    showMinMax: yes,
    decimals,
  },
  [WIDGET_TYPE.lamp]: {
    onText: words,
    offText: words,
    invert: no,
    onValue: words,
    abnormalWhen: v.nullish(v.picklist(ABNORMAL_WHEN), 'never'),
  },
  [WIDGET_TYPE.stateText]: { map: v.nullish(v.array(mapped), []), default: words },
  [WIDGET_TYPE.trend]: {
    series: v.nullish(v.array(pen), []),
    range: v.nullish(period, '1h'),
    yMin: limit,
    yMax: limit,
    limits,
  },
  [WIDGET_TYPE.table]: {
    rows: v.nullish(v.array(row), []),
    sort: v.nullish(v.picklist(SORTS), 'given'),
    showAge: yes,
  },
  [WIDGET_TYPE.alarmList]: {
    show: v.nullish(v.picklist(SHOWN_ALARMS), 'open'),
    severities: v.nullish(v.array(v.picklist(SEVERITIES)), []),
  },
  [WIDGET_TYPE.gatewayStatus]: {
    gatewayIds: v.nullish(v.array(v.string()), []),
    showDetails: yes,
  },
  [WIDGET_TYPE.cameraSnapshot]: {},
  [WIDGET_TYPE.text]: { text: words, href: words },
} as const

type Schemas = typeof OPTION_SCHEMAS
export type OptionsOf<Type extends keyof Schemas> = {
  -readonly [Key in keyof Schemas[Type]]: Schemas[Type][Key] extends v.GenericSchema
    ? v.InferOutput<Schemas[Type][Key]>
    : never
}

export interface ReadOptions<Type extends keyof Schemas> {
  values: OptionsOf<Type>
  /** Keys whose values were not understood. */
  unread: string[]
}

export function readOptions<Type extends keyof Schemas>(
  type: Type,
  options: Options,
): ReadOptions<Type> {
  const unread: string[] = []
  const values = Object.entries(OPTION_SCHEMAS[type]).map(([key, schema]) => {
    const parsed = v.safeParse(schema, options[key])
    if (parsed.success) return [key, parsed.output]
    unread.push(key)
    return [key, v.parse(schema, undefined)]
  })
  return { values: Object.fromEntries(values) as OptionsOf<Type>, unread }
}

/** The same options with some values changed; one that is its default is left out, and unknown keys stay. */
export function writeOptions<Type extends keyof Schemas>(
  type: Type,
  options: Options,
  changes: Partial<OptionsOf<Type>>,
): Options {
  const next: Options = { ...options }
  for (const [key, value] of Object.entries(changes)) {
    const schema = (OPTION_SCHEMAS[type] as Record<string, v.GenericSchema>)[key]
    const usual: unknown = schema && v.parse(schema, undefined)
    if (JSON.stringify(value) === JSON.stringify(usual)) Reflect.deleteProperty(next, key)
    else next[key] = value
  }
  return next
}

export type LimitName = keyof Limits

/** Which limit a value is beyond, the outermost one; none if it is within all. */
export function limitBeyond(value: number, { ll, l, h, hh }: Limits): LimitName | null {
  if (hh !== null && value >= hh) return 'hh'
  if (ll !== null && value <= ll) return 'll'
  if (h !== null && value >= h) return 'h'
  return l !== null && value <= l ? 'l' : null
}
