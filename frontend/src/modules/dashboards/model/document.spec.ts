import { describe, expect, it } from 'vitest'
import type { Dashboard, Widget } from '@/contract/dashboards'
import {
  bodyOf,
  differenceOf,
  documentOf,
  isSameDocument,
  keyOfField,
  nextKey,
} from '@/modules/dashboards/model/document'

function widget(key: string, change: Partial<Widget> = {}): Widget {
  return {
    id: `id-${key}`,
    widgetKey: key,
    type: 'value',
    label: '',
    metricId: 'temp',
    unit: null,
    dataType: 'float',
    layout: { x: 0, y: 0, w: 2, h: 1 },
    options: {},
    ...change,
  }
}

function dashboard(...widgets: Widget[]): Dashboard {
  return {
    id: 'd1',
    version: 4,
    name: 'Oven',
    iconUrl: null,
    plcId: 'p1',
    tenant: 'granix',
    site: 'planta-1',
    plc: 'plc-01',
    plcName: null,
    widgets,
    updatedAt: 0,
    updatedBy: null,
  }
}

const a = widget('a')
const b = widget('b', { layout: { x: 2, y: 0, w: 2, h: 1 } })

describe('a real difference', () => {
  it('is none in the order of the list, or of the fields of options', () => {
    const left = documentOf(dashboard(widget('a', { options: { min: 1, max: 2 } }), b))
    const right = documentOf(dashboard(b, widget('a', { options: { max: 2, min: 1 } })))
    expect(isSameDocument(left, right)).toBe(true)
  })

  it.each([
    ['name', { ...documentOf(dashboard(a)), name: 'Oven 2' }],
    ['a place', documentOf(dashboard(widget('a', { layout: { x: 1, y: 0, w: 2, h: 1 } })))],
    ['a 64-bit option', documentOf(dashboard(widget('a', { options: { at: 9007199254740993n } })))],
    ['one more', documentOf(dashboard(a, b))],
  ])('is %s', (_what, other) => {
    expect(isSameDocument(documentOf(dashboard(a)), other)).toBe(false)
  })
})

it('sends widgets in reading order, with the ids of those that are there', () => {
  const present = dashboard(a, b)
  const edited = documentOf(dashboard(widget('c', { layout: { x: 4, y: 0, w: 2, h: 1 } }), b, a))
  expect(bodyOf({ ...edited, name: ' Oven ' }, present)).toMatchObject({
    version: 4,
    name: 'Oven',
    widgets: [{ widgetKey: 'a', id: 'id-a' }, { widgetKey: 'b', id: 'id-b' }, { widgetKey: 'c' }],
  })
  const sent = bodyOf(edited, present) as { widgets: object[] }
  expect(sent.widgets[2]).not.toHaveProperty('id')
})

it('names no id that the present version has not: somebody deleted that widget meanwhile', () => {
  const sent = bodyOf(documentOf(dashboard(a, b)), dashboard(b)) as { widgets: object[] }
  expect(sent.widgets[0]).not.toHaveProperty('id')
})

it('finds the widget a fault of the server is about', () => {
  const document = documentOf(dashboard(b, a))
  expect(keyOfField(document, 'widgets[0].label')).toBe('a')
  expect(keyOfField(document, 'widgets[1].options')).toBe('b')
  expect(keyOfField(document, 'widgets[7].label')).toBeUndefined()
  expect(keyOfField(document, 'name')).toBeUndefined()
})

it('never gives a key twice', () => {
  expect(nextKey(new Set())).toBe('w1')
  expect(nextKey(new Set(['w1', 'w2', 'w4']))).toBe('w3')
})

it('tells apart what was added, removed, changed and only moved', () => {
  const from = documentOf(dashboard(a, b, widget('c', { label: 'Speed' })))
  const to = documentOf(
    dashboard(
      widget('a', { label: 'Head' }),
      widget('b', { layout: { x: 8, y: 0, w: 2, h: 1 } }),
      widget('d', { metricId: 'flow' }),
    ),
  )
  expect(differenceOf(from, { ...to, name: 'Oven 2' })).toEqual({
    added: ['flow'],
    removed: ['Speed'],
    changed: ['Head'],
    moved: ['temp'],
    renamed: { from: 'Oven', to: 'Oven 2' },
    hasOtherIcon: false,
  })
})
