import type { DataType } from '@/contract/common'
import { COURSE_KIND, type Course } from '@/core/trend/course'

/** As many colours as can be told apart; from the fourth on they are dashed as well. */
export const MAX_PENS = 6
const FIRST_DASHED = 3

export const PEN_SHAPE = {
  /** Measured now and then of something that moves all the time. */
  line: 'line',
  /** A whole number holds until the next one. */
  step: 'step',
  /** On or off: no height, but a lane of its own. */
  switch: 'switch',
} as const
export type PenShape = (typeof PEN_SHAPE)[keyof typeof PEN_SHAPE]

/** One metric in a chart. */
export interface Pen {
  metricId: string
  /** What a reader calls it. */
  name: string
  /** Which colour it has, 0 to 5. */
  slot: number
  /** The symbol of its unit; empty without one. */
  unit: string
  decimals: number
  /** By which axis it is read, if somebody chose that; otherwise those of one unit share one. */
  side?: 'left' | 'right'
  shape: PenShape
  course: Course
}

/** How values of a type are drawn; of an unknown one by what there is of it. */
export function shapeOf(dataType: DataType | undefined, course: Course): PenShape {
  if (dataType === 'bool' || (dataType === undefined && isOfSwitch(course))) return PEN_SHAPE.switch
  return dataType === 'int' ? PEN_SHAPE.step : PEN_SHAPE.line
}

function isOfSwitch(course: Course): boolean {
  if (course.kind === COURSE_KIND.buckets) return false
  return typeof course.values.findLast((value) => value !== null) === 'boolean'
}

/** Whether the pen of a slot is dashed. */
export function isDashed(slot: number): boolean {
  return slot >= FIRST_DASHED
}

/** The name of the token that holds the colour of a slot. */
export function penToken(slot: number): string {
  return `--pen-${String(slot + 1)}`
}
