import { expect, it } from 'vitest'
import type { Options } from '@/contract/dashboards'
import { faultsOf } from '@/modules/dashboards/model/faults'

function codes(type: string, options: Options, metricId: string | null = 'temp'): string[] {
  const layout = { x: 0, y: 0, w: 2, h: 1 }
  const widget = { widgetKey: 'w1', type, label: '', metricId, unit: null, dataType: null }
  return faultsOf({ ...widget, layout, options }).map(({ field, code }) => `${field} ${code}`)
}

it.each<[string, Options, string | null, string[]]>([
  ['value', {}, 'temp', []],
  ['value', {}, null, ['metricId noMetric']],
  ['value', {}, 'temp head', ['metricId badMetric']],
  ['value', { limits: { ll: 1, l: null, h: 3, hh: 9 } }, 'temp', []],
  ['value', { limits: { ll: 1, h: 1 } }, 'temp', ['limits limitsOrder']],
  ['bar', { min: 10, max: 10 }, 'temp', ['max scaleOrder']],
  ['gauge', { normal: [5, 2] }, 'temp', ['normal spanOrder']],
  ['trend', {}, null, ['series noPens']],
  ['trend', {}, 'temp', []],
  ['trend', { series: [{ metricId: '' }] }, null, ['series badMetric']],
  ['trend', { series: [{ metricId: 'a' }], yMin: 3, yMax: 3 }, null, ['yMax scaleOrder']],
  ['trend', { series: Array(7).fill({ metricId: 'a' }) }, null, ['series manyPens']],
  ['state_text', { map: [{ value: '' }] }, 'temp', ['map noValue']],
  ['state_text', { map: [{ value: 1 }, { value: '1' }] }, 'temp', ['map sameValue']],
  ['text', { text: ' ' }, null, ['text noText']],
  ['text', { text: 'a', href: 'javascript:alert(1)' }, null, ['href badLink']],
  ['text', { href: '/alarms' }, null, []],
  ['table', {}, null, []],
  ['hologram', { any: 'thing' }, null, []],
  ['text', { text: 'a', more: 'x'.repeat(17_000) }, null, ['options optionsLong']],
])('%s %o of %s', (type, options, metricId, expected) => {
  expect(codes(type, options, metricId)).toEqual(expected)
})
