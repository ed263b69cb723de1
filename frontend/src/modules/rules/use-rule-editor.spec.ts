// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import type { Rule } from '@/contract/rules'
import { API, type ApiClient } from '@/core/http/api-client'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { CLOCK, createClock } from '@/core/time/clock'
import type { DraftKeeper, KeptDraft } from '@/modules/rules/kept-draft'
import { draftOf, emptyDraft } from '@/modules/rules/rule-draft'
import { useRuleEditor, type RuleEditor } from '@/modules/rules/use-rule-editor'

const RULE: Rule = { id: 'r', version: 3, createdAt: 0, ...emptyDraft(), name: 'r', priority: 100 }

function refusal(
  status: number,
  code: string,
  errors: { field: string; detail: string }[] = [],
): ApiError {
  const problem = { title: null, code, detail: null, errors }
  return new ApiError(API_FAILURE.status, 'refused', { status, problem })
}

function bench(
  api: Partial<Record<'get' | 'put' | 'post', unknown>>,
  { began = RULE, kept = null }: { began?: Rule | null; kept?: KeptDraft | null } = {},
): RuleEditor {
  const keeper: DraftKeeper = { read: () => kept, write: vi.fn(), forget: vi.fn() }
  let editor: RuleEditor | undefined
  const holder = defineComponent({
    setup() {
      const initial = began ? draftOf(began) : emptyDraft()
      editor = useRuleEditor({ initial, began, keeper })
      return () => null
    },
  })
  mount(holder, {
    global: {
      plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]],
      provide: { [API as symbol]: api as ApiClient, [CLOCK as symbol]: createClock() },
    },
  })
  return editor!
}

it('saves a rule with the version it began from, and then has nothing to save', async () => {
  const put = vi.fn((_path: string, body: object) =>
    Promise.resolve({ ...RULE, ...body, version: 4 }),
  )
  const editor = bench({ put })
  expect(editor.isChanged.value).toBe(false)
  editor.draft.priority = 7
  expect(editor.isChanged.value).toBe(true)
  const saved = await editor.save()
  expect(put.mock.calls[0]?.[1]).toMatchObject({ version: 3, priority: 7 })
  expect(saved?.version).toBe(4)
  expect(editor.isChanged.value).toBe(false)
})

it('adds a new rule', async () => {
  const post = vi.fn((_path: string, body: object) => Promise.resolve({ ...RULE, ...body }))
  const editor = bench({ post }, { began: null })
  editor.draft.name = 'new'
  expect((await editor.save())?.name).toBe('new')
  expect(post.mock.calls[0]?.[1]).not.toHaveProperty('version')
})

it('tells of a conflict, and goes on from the rule as it is', async () => {
  const current = { ...RULE, version: 9, mode: 'none' } as const
  const put = vi.fn()
  put.mockRejectedValueOnce(refusal(409, 'stale_version'))
  put.mockImplementationOnce((_path: string, body: object) => Promise.resolve({ ...RULE, ...body }))
  const editor = bench({ put, get: () => Promise.resolve(current) })
  editor.draft.priority = 7
  expect(await editor.save()).toBeNull()
  expect(editor.conflict.value).toMatchObject({ mine: { priority: 7 }, current })
  expect(editor.draft.priority).toBe(7)
  editor.rebase({ ...draftOf(current), priority: 7 }, current)
  expect(editor.conflict.value).toBeNull()
  await editor.save()
  expect(put.mock.calls[1]?.[1]).toMatchObject({ version: 9, priority: 7, mode: 'none' })
})

it('tells that a rule is gone', async () => {
  const gone = refusal(404, 'not_found')
  const editor = bench({ put: () => Promise.reject(gone), get: () => Promise.reject(gone) })
  editor.draft.priority = 7
  await editor.save()
  expect(editor.conflict.value?.current).toBeNull()
})

it('shows a refusal at its field until that is changed, and any other by itself', async () => {
  const put = vi.fn()
  put.mockRejectedValueOnce(refusal(422, 'invalid_body', [{ field: 'metricId', detail: 'no' }]))
  put.mockRejectedValueOnce(refusal(503, 'timeout'))
  const editor = bench({ put })
  await editor.save()
  expect(editor.refusals.value.metricId).toBe('no')
  expect(editor.failure.value).toBeNull()
  editor.draft.metricId = 'temp_*'
  expect(editor.refusals.value.metricId).toBe('')
  await editor.save()
  expect(editor.failure.value).toBeInstanceOf(ApiError)
})

it('begins with what was kept, and forgets it when told to', () => {
  const kept = { at: 5, draft: { ...draftOf(RULE), priority: 55 }, began: { ...RULE, version: 2 } }
  const editor = bench({}, { kept })
  expect(editor.draft.priority).toBe(55)
  expect(editor.restoredAt.value).toBe(5)
  expect(editor.began.value?.version).toBe(2)
  editor.discard()
  expect(editor.draft.priority).toBe(100)
  expect(editor.restoredAt.value).toBeNull()
  // The rule as it was read now, not as the kept work began from.
  expect(editor.began.value?.version).toBe(3)
  expect(editor.isChanged.value).toBe(false)
})
