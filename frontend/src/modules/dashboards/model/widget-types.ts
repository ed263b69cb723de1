import type { DataType } from '@/contract/common'
import { WIDGET_TYPE, type WidgetType } from '@/contract/dashboards'
import type { Size } from '@/modules/dashboards/model/layout'

export interface WidgetFacts {
  /** Columns and rows below which it cannot be read. */
  least: Size
  /** The size a new one has. */
  usual: Size
  /** It shows exactly one metric, and so must name it. */
  needsMetric: boolean
  /** It shows several metrics, which its options name. */
  takesMetrics: boolean
}

const small: Size = { w: 2, h: 1 }

function ofOneMetric(least: Size, usual: Size = least): WidgetFacts {
  return { least, usual, needsMetric: true, takesMetrics: false }
}

function ofNone(least: Size, usual: Size = least): WidgetFacts {
  return { least, usual, needsMetric: false, takesMetrics: false }
}

function ofSeveral(least: Size, usual: Size): WidgetFacts {
  return { least, usual, needsMetric: false, takesMetrics: true }
}

export const WIDGET_FACTS: Readonly<Record<WidgetType, WidgetFacts>> = {
  value: ofOneMetric(small),
  bar: ofOneMetric(small, { w: 3, h: 1 }),
  gauge: ofOneMetric(small, { w: 2, h: 2 }),
  sparkline: ofOneMetric(small, { w: 3, h: 1 }),
  lamp: ofOneMetric({ w: 1, h: 1 }, { w: 2, h: 1 }),
  state_text: ofOneMetric(small),
  trend: ofSeveral({ w: 4, h: 3 }, { w: 6, h: 4 }),
  table: ofSeveral({ w: 4, h: 3 }, { w: 4, h: 4 }),
  alarm_list: ofNone({ w: 4, h: 3 }, { w: 6, h: 3 }),
  gateway_status: ofNone({ w: 2, h: 2 }, { w: 3, h: 2 }),
  camera_snapshot: ofNone({ w: 3, h: 3 }),
  text: ofNone({ w: 1, h: 1 }, { w: 3, h: 1 }),
}

/** What can be added: a picture has no source yet. */
export const OFFERED_TYPES = [
  WIDGET_TYPE.value,
  WIDGET_TYPE.bar,
  WIDGET_TYPE.gauge,
  WIDGET_TYPE.sparkline,
  WIDGET_TYPE.lamp,
  WIDGET_TYPE.stateText,
  WIDGET_TYPE.trend,
  WIDGET_TYPE.table,
  WIDGET_TYPE.alarmList,
  WIDGET_TYPE.gatewayStatus,
  WIDGET_TYPE.text,
] as const
export type OfferedType = (typeof OFFERED_TYPES)[number]

export function toWidgetType(word: string): WidgetType | null {
  return Object.values(WIDGET_TYPE).find((known) => known === word) ?? null
}

const UNKNOWN = ofNone({ w: 1, h: 1 }, small)

export function factsOf(type: string): WidgetFacts {
  const known = toWidgetType(type)
  return known ? WIDGET_FACTS[known] : UNKNOWN
}

/** What shows a metric of this type best. */
export function typeFor(dataType: DataType): OfferedType {
  if (dataType === 'bool') return WIDGET_TYPE.lamp
  return dataType === 'string' ? WIDGET_TYPE.stateText : WIDGET_TYPE.value
}
