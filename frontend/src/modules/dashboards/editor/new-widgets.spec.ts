import { expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { DataType } from '@/contract/common'
import type { MetricCell } from '@/core/live/live-store'
import { newWidgets, TYPE_BY_DATA } from '@/modules/dashboards/editor/new-widgets'

function cell(metricId: string, dataType: DataType, unit: string | null = null): MetricCell {
  const reading = {
    metricId,
    value: null,
    ts: 0,
    quality: 'GOOD',
    unit,
    dataType,
    decimals: 0,
  } as const
  return { metricId, reading: shallowRef(reading), trail: [] }
}

it('shows each metric as its type is shown best', () => {
  const cells = [cell('temp', 'float', 'celsius'), cell('on', 'bool'), cell('state', 'string')]
  expect(newWidgets(TYPE_BY_DATA, cells)).toMatchObject([
    { type: 'value', metricId: 'temp', unit: 'celsius', dataType: 'float' },
    { type: 'lamp', metricId: 'on' },
    { type: 'state_text', metricId: 'state' },
  ])
})

it('makes one trend of several, a second unit on an axis of its own', () => {
  const cells = [
    cell('on', 'bool'),
    cell('temp', 'float', 'celsius'),
    cell('flow', 'float', 'kg_h'),
    cell('tail', 'float', 'celsius'),
  ]
  expect(newWidgets('trend', cells)).toEqual([
    {
      type: 'trend',
      label: '',
      metricId: null,
      unit: null,
      dataType: null,
      options: {
        series: [
          { metricId: 'on', axis: 'left' },
          { metricId: 'temp', axis: 'left' },
          { metricId: 'flow', axis: 'right' },
          { metricId: 'tail', axis: 'left' },
        ],
      },
    },
  ])
})

it('needs no metric for a table, a list of alarms or a note', () => {
  for (const type of ['table', 'alarm_list', 'text'] as const) {
    expect(newWidgets(type, [])).toMatchObject([{ type, metricId: null, options: {} }])
  }
  expect(newWidgets('value', [])).toEqual([])
})
