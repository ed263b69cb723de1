import { expect, it } from 'vitest'
import { createUndo } from '@/modules/dashboards/editor/undo'

it('goes back and forth', () => {
  const undo = createUndo('a')
  expect(undo.canUndo.value).toBe(false)
  undo.commit('b')
  undo.commit('c')
  undo.undo()
  expect([undo.present.value, undo.canUndo.value, undo.canRedo.value]).toEqual(['b', true, true])
  undo.undo()
  undo.undo()
  expect(undo.present.value).toBe('a')
  undo.redo()
  undo.redo()
  undo.redo()
  expect([undo.present.value, undo.canRedo.value]).toEqual(['c', false])
})

it('forgets what was undone once something else is done', () => {
  const undo = createUndo('a')
  undo.commit('b')
  undo.undo()
  undo.commit('c')
  expect(undo.canRedo.value).toBe(false)
  undo.undo()
  expect(undo.present.value).toBe('a')
})

it('takes the letters of one entry as one step', () => {
  const undo = createUndo('')
  for (const text of ['O', 'Ov', 'Ove', 'Oven']) undo.commit(text, 'label')
  undo.undo()
  expect(undo.present.value).toBe('')
  undo.redo()
  undo.commit('Oven 2', 'label')
  undo.settle()
  undo.commit('Oven 3', 'label')
  undo.undo()
  expect(undo.present.value).toBe('Oven 2')
  undo.undo()
  expect(undo.present.value).toBe('Oven')
})

it('has no step that changes nothing', () => {
  const undo = createUndo('a')
  undo.commit('a')
  expect(undo.canUndo.value).toBe(false)
})

it('keeps a bounded number of steps', () => {
  const undo = createUndo(0)
  for (let step = 1; step <= 500; step++) undo.commit(step)
  while (undo.canUndo.value) undo.undo()
  expect(undo.present.value).toBe(300)
})
