import { WIDGET_TYPE, type WidgetContent, type WidgetType } from '@/contract/dashboards'
import { stringifyExactJson } from '@/core/json/exact-json'
import { MAX_PENS } from '@/core/trend/pen'
import {
  readOptions,
  type Limits,
  type OptionsOf,
  type Span,
} from '@/modules/dashboards/model/options'
import { toLink } from '@/modules/dashboards/model/text-parts'
import { factsOf, toWidgetType } from '@/modules/dashboards/model/widget-types'

/** What is wrong with a field of a widget; the words are `dashboards.fault.<code>`. */
export interface Fault {
  field: string
  code: FaultCode
}
export type FaultCode =
  | 'noMetric'
  | 'badMetric'
  | 'labelLong'
  | 'unitLong'
  | 'limitsOrder'
  | 'scaleOrder'
  | 'spanOrder'
  | 'noPens'
  | 'manyPens'
  | 'noText'
  | 'badLink'
  | 'noValue'
  | 'sameValue'
  | 'optionsLong'

const IDENTIFIER = /^[A-Za-z0-9._:-]{1,128}$/
const MAX_LABEL = 200
const MAX_UNIT = 64
const MAX_OPTIONS_BYTES = 16 * 1_024

export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text)
}

/** Everything that would keep a widget from being saved, or from showing anything. */
export function faultsOf(widget: WidgetContent): Fault[] {
  const faults: Fault[] = []
  const add = (field: string, code: FaultCode, isFault: boolean): void => {
    if (isFault) faults.push({ field, code })
  }
  const { metricId, label, unit, options } = widget
  if (factsOf(widget.type).needsMetric) add('metricId', 'noMetric', metricId === null)
  add('metricId', 'badMetric', metricId !== null && !isIdentifier(metricId))
  add('label', 'labelLong', [...label].length > MAX_LABEL)
  add('unit', 'unitLong', unit !== null && [...unit].length > MAX_UNIT)
  add('options', 'optionsLong', bytesOf(options) > MAX_OPTIONS_BYTES)
  const type = toWidgetType(widget.type)
  if (type) addOptionFaults(type, widget, add)
  return faults
}

type Add = (field: string, code: FaultCode, isFault: boolean) => void

function addOptionFaults(type: WidgetType, { options, metricId }: WidgetContent, add: Add): void {
  if (type === WIDGET_TYPE.value) {
    add('limits', 'limitsOrder', !areOrdered(readOptions(type, options).values.limits))
  } else if (type === WIDGET_TYPE.bar || type === WIDGET_TYPE.gauge) {
    addScaleFaults(readOptions(type, options).values, add)
  } else if (type === WIDGET_TYPE.sparkline) {
    add('band', 'spanOrder', isReversed(readOptions(type, options).values.band))
  } else if (type === WIDGET_TYPE.trend) {
    const { series, yMin, yMax, limits } = readOptions(type, options).values
    add('series', 'noPens', series.length === 0 && metricId === null)
    add('series', 'manyPens', series.length > MAX_PENS)
    add(
      'series',
      'badMetric',
      series.some((pen) => !isIdentifier(pen.metricId)),
    )
    add('yMax', 'scaleOrder', yMin !== null && yMax !== null && yMin >= yMax)
    add('limits', 'limitsOrder', !areOrdered(limits))
  } else if (type === WIDGET_TYPE.table) {
    const { rows } = readOptions(type, options).values
    add(
      'rows',
      'badMetric',
      rows.some((row) => !isIdentifier(row.metricId)),
    )
  } else if (type === WIDGET_TYPE.stateText) {
    const { map } = readOptions(type, options).values
    add(
      'map',
      'noValue',
      map.some(({ value }) => value === ''),
    )
    add('map', 'sameValue', new Set(map.map(({ value }) => value)).size < map.length)
  } else if (type === WIDGET_TYPE.text) {
    const { text, href } = readOptions(type, options).values
    add('text', 'noText', text.trim() === '' && href.trim() === '')
    add('href', 'badLink', href.trim() !== '' && toLink(href) === null)
  }
}

function addScaleFaults(values: OptionsOf<typeof WIDGET_TYPE.gauge>, add: Add): void {
  const { min, max, normal, limits, setpointMetric } = values
  add('max', 'scaleOrder', min >= max)
  add('normal', 'spanOrder', isReversed(normal))
  add('limits', 'limitsOrder', !areOrdered(limits))
  add('setpointMetric', 'badMetric', setpointMetric !== null && !isIdentifier(setpointMetric))
}

function areOrdered({ ll, l, h, hh }: Limits): boolean {
  const given = [ll, l, h, hh].filter((limit) => limit !== null)
  return given.every((limit, index) => index === 0 || (given[index - 1] ?? limit) < limit)
}

function isReversed([low, high]: Span): boolean {
  return low !== null && high !== null && low >= high
}

function bytesOf(options: object): number {
  return new TextEncoder().encode(stringifyExactJson(options)).length
}
