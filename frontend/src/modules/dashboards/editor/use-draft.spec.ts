// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'
import type { Dashboard } from '@/contract/dashboards'
import { useDraft, type LocalDraft } from '@/modules/dashboards/editor/use-draft'
import { createEditor, type Editor } from '@/modules/dashboards/editor/use-editor'

let now = 0
vi.mock('@/core/time/clock', () => ({ useClock: () => ({ now: () => ++now }) }))
vi.mock('@/core/session/session', () => ({
  useSession: () => ({ user: { value: { email: 'ana@granix.example' } } }),
}))

const START: Dashboard = {
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
}

const scopes: EffectScope[] = []
beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
})
afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop()
  vi.useRealTimers()
})

/** An editor as a tab of its own. */
function tab(): { editor: Editor; draft: LocalDraft; rename: (name: string) => Promise<void> } {
  const scope = effectScope()
  scopes.push(scope)
  const editor = createEditor(START)
  const draft = scope.run(() => useDraft(editor))!
  const rename = async (name: string): Promise<void> => {
    editor.rename({ name })
    await nextTick()
    vi.runAllTimers()
  }
  return { editor, draft, rename }
}

function offered(): string | undefined {
  return tab().draft.left.value?.document.name
}

it('leaves the work of another tab alone when its own is discarded or saved', async () => {
  const a = tab()
  const b = tab()
  await b.rename('of B')
  await a.rename('of A')
  a.draft.discard()
  expect(offered()).toBe('of B')
  await a.rename('of A')
  await a.rename('Oven')
  expect(offered()).toBe('of B')
})

it('offers the newest, and the next when that is thrown away', async () => {
  await tab().rename('older')
  await tab().rename('newer')
  const { draft } = tab()
  expect(draft.left.value?.document.name).toBe('newer')
  draft.throwAway()
  expect(draft.left.value?.document.name).toBe('older')
  draft.throwAway()
  expect(draft.left.value).toBeNull()
  expect(localStorage).toHaveLength(0)
})

it('is kept once when it is taken up', async () => {
  await tab().rename('left')
  const { draft, editor } = tab()
  draft.takeUp()
  expect(editor.document.value.name).toBe('left')
  expect(localStorage).toHaveLength(1)
  draft.discard()
  expect(localStorage).toHaveLength(0)
})

it('is written again by the tab that still works on it', async () => {
  const b = tab()
  await b.rename('of B')
  const key = localStorage.key(0)
  tab().draft.throwAway()
  window.dispatchEvent(new StorageEvent('storage', { key, newValue: null }))
  expect(offered()).toBe('of B')
})

it('is of no use once it is what is saved', async () => {
  await tab().rename('left')
  const saved = createEditor({ ...START, name: 'left' })
  const scope = effectScope()
  scopes.push(scope)
  expect(scope.run(() => useDraft(saved))!.left.value).toBeNull()
  expect(localStorage).toHaveLength(0)
})
