// @vitest-environment jsdom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useEditorKeys } from '@/modules/dashboards/editor/use-editor-keys'

const actions = { undo: vi.fn(), redo: vi.fn(), canSave: vi.fn(() => true), save: vi.fn() }
const Page = defineComponent(() => {
  useEditorKeys(actions)
  return () => h('input')
})

let page: ReturnType<typeof mount>
beforeEach(() => {
  vi.clearAllMocks()
  actions.canSave.mockReturnValue(true)
  page = mount(Page, { attachTo: document.body })
})
afterEach(() => {
  page.unmount()
})

/** Whether the browser may do what it does with the key. */
function press(key: string, target: EventTarget = document.body): boolean {
  return target.dispatchEvent(
    new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true }),
  )
}

it('saves, in fields as well', () => {
  expect(press('s')).toBe(false)
  press('S', page.element)
  expect(actions.save).toHaveBeenCalledTimes(2)
})

it('saves nothing that cannot be saved', () => {
  actions.canSave.mockReturnValue(false)
  expect(press('s')).toBe(false)
  expect(actions.save).not.toHaveBeenCalled()
})

it('does nothing behind a dialog', () => {
  vi.spyOn(document, 'querySelector').mockReturnValue(document.body)
  expect(press('s')).toBe(false)
  press('z')
  expect(actions.save).not.toHaveBeenCalled()
  expect(actions.undo).not.toHaveBeenCalled()
})

it('leaves undo in a field to the browser', () => {
  expect(press('z', page.element)).toBe(true)
  expect(press('z')).toBe(false)
  expect(press('y')).toBe(false)
  expect(actions.undo).toHaveBeenCalledOnce()
  expect(actions.redo).toHaveBeenCalledOnce()
})
