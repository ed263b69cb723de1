import { beforeEach, expect, it } from 'vitest'
import { createDraftStore, type Draft, type DraftStore } from '@/modules/dashboards/editor/draft'

const kept = new Map<string, string>()
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => void kept.set(key, text),
  removeItem: (key: string) => void kept.delete(key),
  key: (index: number) => [...kept.keys()][index] ?? null,
  get length() {
    return kept.size
  },
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

function open(owner: string, id = 'd1', email = 'ana@granix.example'): DraftStore {
  return createDraftStore(id, email, owner, storage)
}

it('gives back what was left, 64-bit numbers and unknown options as well', () => {
  expect(open('a').write(draft)).toBe(true)
  expect(open('b').list()).toEqual([{ owner: 'a', draft }])
})

it('is neither of another dashboard nor of another person', () => {
  open('a').write(draft)
  expect(open('a', 'd2').list()).toEqual([])
  expect(open('a', 'd1', 'luis@granix.example').list()).toEqual([])
  expect(open('a', 'd1', 'ana@granix').list()).toEqual([])
})

it('is gone when it was removed, and those of other tabs are not', () => {
  const store = open('a')
  store.write(draft)
  open('b').write({ ...draft, savedAt: draft.savedAt + 1 })
  expect(store.list().map(({ owner }) => owner)).toEqual(['b', 'a'])
  store.remove()
  expect(store.list().map(({ owner }) => owner)).toEqual(['b'])
  store.remove('b')
  expect(store.list()).toEqual([])
})

it('is another with every opening', () => {
  expect(createDraftStore('d1', 'ana', undefined, storage).key).not.toBe(
    createDraftStore('d1', 'ana', undefined, storage).key,
  )
})

it('is none where it cannot be understood, and says where it cannot be kept', () => {
  const store = createDraftStore('d1', 'ana@granix.example', 'a', {
    ...storage,
    length: 1,
    key: () => store.key,
    getItem: () => '{"version":',
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError')
    },
  })
  expect(store.list()).toEqual([])
  expect(store.write(draft)).toBe(false)
})
