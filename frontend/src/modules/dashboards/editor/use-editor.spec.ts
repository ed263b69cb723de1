import { expect, it } from 'vitest'
import type { Dashboard } from '@/contract/dashboards'
import { createEditor, type Editor, type NewWidget } from '@/modules/dashboards/editor/use-editor'

function dashboard(change: Partial<Dashboard> = {}): Dashboard {
  return {
    id: 'd1',
    version: 1,
    name: 'Oven',
    iconUrl: null,
    plcId: 'p1',
    tenant: 'granix',
    site: 'planta-1',
    plc: 'plc-01',
    plcName: null,
    widgets: [],
    updatedAt: 0,
    updatedBy: null,
    ...change,
  }
}

function value(metricId: string): NewWidget {
  return { type: 'value', label: '', metricId, unit: null, dataType: 'float', options: {} }
}

function keys(editor: Editor): string[] {
  return editor.document.value.widgets.map(({ widgetKey }) => widgetKey)
}

function placeOf(editor: Editor, key: string): string {
  const layout = editor.places.value.find((item) => item.key === key)?.layout
  return layout ? [layout.x, layout.y, layout.w, layout.h].join(' ') : 'nowhere'
}

it('knows a real difference from work that came to nothing', () => {
  const editor = createEditor(dashboard())
  editor.rename({ name: 'Oven 2' })
  expect(editor.isDirty.value).toBe(true)
  editor.rename({ name: 'Oven' })
  expect(editor.isDirty.value).toBe(false)
  editor.add([value('temp')])
  editor.history.undo()
  expect(editor.isDirty.value).toBe(false)
})

it('adds several in rows below what is there, in one step', () => {
  const editor = createEditor(dashboard())
  editor.add([value('a')])
  editor.add(['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(value))
  expect(keys(editor)).toEqual(['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8'])
  expect(['w2', 'w7', 'w8'].map((key) => placeOf(editor, key))).toEqual([
    '0 1 2 1',
    '10 1 2 1',
    '0 2 2 1',
  ])
  expect(editor.selected.value).toBe('w2')
  editor.history.undo()
  expect(keys(editor)).toEqual(['w1'])
})

it('fills a gap with one, and stops at 200', () => {
  const editor = createEditor(dashboard())
  editor.add([value('a')])
  editor.add([value('b')])
  expect(placeOf(editor, 'w2')).toBe('2 0 2 1')
  expect(editor.add(Array.from({ length: 300 }, (_, index) => value(`m${String(index)}`)))).toBe(
    198,
  )
  expect(editor.add([value('z')])).toBe(0)
  expect(editor.document.value.widgets).toHaveLength(200)
})

it('duplicates with all it shows, and never gives a key again', () => {
  const editor = createEditor(dashboard())
  editor.add([{ ...value('a'), label: 'Head', options: { decimals: 2, own: true } }])
  editor.duplicate('w1')
  expect(editor.document.value.widgets[1]).toMatchObject({
    widgetKey: 'w2',
    label: 'Head',
    options: { decimals: 2, own: true },
  })
  editor.remove('w2')
  expect(editor.selected.value).toBeNull()
  editor.duplicate('w1')
  expect(keys(editor)).toEqual(['w1', 'w3'])
  editor.history.undo()
  editor.history.undo()
  expect(keys(editor)).toEqual(['w1', 'w2'])
})

it('moves and resizes by steps that can be undone', () => {
  const editor = createEditor(dashboard())
  editor.add([value('a')])
  editor.move('w1', { dx: 0, dy: 1 })
  editor.resize('w1', { dx: 1, dy: 0 })
  expect(placeOf(editor, 'w1')).toBe('0 1 3 1')
  editor.move('w1', { dx: -1, dy: 0 })
  editor.history.undo()
  expect(placeOf(editor, 'w1')).toBe('0 1 2 1')
})

it('goes on from what was saved, and keeps what was changed while it was', () => {
  const editor = createEditor(dashboard())
  editor.rename({ name: 'Oven 2' })
  editor.noteSaved(dashboard({ version: 2, name: 'Oven 2' }))
  expect([editor.isDirty.value, editor.version.value]).toEqual([false, 2])
  editor.rename({ name: 'Oven 3' })
  editor.noteSaved(dashboard({ version: 3, name: 'Oven 2' }))
  expect([editor.document.value.name, editor.isDirty.value]).toEqual(['Oven 3', true])
})

it('takes what somebody else saved, and undo brings back what was here', () => {
  const editor = createEditor(dashboard())
  editor.rename({ name: 'Mine' })
  editor.adopt(dashboard({ version: 5, name: 'Theirs' }))
  expect([editor.document.value.name, editor.isDirty.value, editor.version.value]).toEqual([
    'Theirs',
    false,
    5,
  ])
  editor.history.undo()
  expect([editor.document.value.name, editor.isDirty.value, editor.version.value]).toEqual([
    'Mine',
    true,
    5,
  ])
})

it('takes up work that was left, from the version it began from', () => {
  const editor = createEditor(dashboard({ version: 7 }))
  editor.resume({ name: 'Left', iconUrl: null, widgets: [] }, 4)
  expect([editor.document.value.name, editor.version.value]).toEqual(['Left', 4])
})

it('lists what is to be mended', () => {
  const editor = createEditor(dashboard())
  editor.add([{ ...value(''), metricId: null }])
  expect([...editor.faults.value.keys()]).toEqual(['w1'])
  editor.change('w1', { metricId: 'temp' }, 'metricId')
  expect(editor.faults.value.size).toBe(0)
})
