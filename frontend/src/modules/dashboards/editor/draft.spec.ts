import { beforeEach, expect, it } from 'vitest'
import { createDraftStore, type Draft } from '@/modules/dashboards/editor/draft'

const kept = new Map<string, string>()
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => void kept.set(key, text),
  removeItem: (key: string) => void kept.delete(key),
}
beforeEach(() => {
  kept.clear()
})

const draft: Draft = {
  version: 3,
  savedAt: 1_700_000_000_000,
  document: {
    name: 'Oven',
    iconUrl: null,
    widgets: [
      {
        widgetKey: 'w1',
        type: 'state_text',
        label: '',
        metricId: 'state',
        unit: null,
        dataType: 'int',
        layout: { x: 0, y: 0, w: 2, h: 1 },
        options: { map: [{ value: 9007199254740993n, text: 'Full' }], unknown: { a: [1] } },
      },
    ],
  },
}

it('gives back what was left, 64-bit numbers and unknown options as well', () => {
  expect(createDraftStore('d1', 'ana@granix.example', storage).write(draft)).toBe(true)
  expect(createDraftStore('d1', 'ana@granix.example', storage).read()).toEqual(draft)
})

it('is neither of another dashboard nor of another person', () => {
  createDraftStore('d1', 'ana@granix.example', storage).write(draft)
  expect(createDraftStore('d2', 'ana@granix.example', storage).read()).toBeNull()
  expect(createDraftStore('d1', 'luis@granix.example', storage).read()).toBeNull()
})

it('is gone when it was removed', () => {
  const store = createDraftStore('d1', 'ana@granix.example', storage)
  store.write(draft)
  store.remove()
  expect(store.read()).toBeNull()
})

it('is none where it cannot be understood, and says where it cannot be kept', () => {
  const store = createDraftStore('d1', 'ana@granix.example', {
    ...storage,
    getItem: () => '{"version":',
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError')
    },
  })
  expect(store.read()).toBeNull()
  expect(store.write(draft)).toBe(false)
})
