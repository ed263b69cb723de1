// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest'
import { createDraftKeeper } from '@/modules/rules/kept-draft'
import { emptyDraft } from '@/modules/rules/rule-draft'

beforeEach(() => {
  localStorage.clear()
})

it('keeps a draft for its owner and forgets it', () => {
  const keeper = createDraftKeeper('ana@example.com', '/rules/new')
  expect(keeper.read()).toBeNull()
  const kept = { at: 7, draft: { ...emptyDraft(), name: 'x' }, began: null }
  keeper.write(kept)
  expect(keeper.read()).toEqual(kept)
  expect(createDraftKeeper('luis@example.com', '/rules/new').read()).toBeNull()
  keeper.forget()
  expect(keeper.read()).toBeNull()
})

it('passes over what it cannot read', () => {
  localStorage.setItem('vigia.rule-draft.ana./rules/1', '{"at":1,"draft":{"mode":"all"}}')
  expect(createDraftKeeper('ana', '/rules/1').read()).toBeNull()
  localStorage.setItem('vigia.rule-draft.ana./rules/1', '{')
  expect(createDraftKeeper('ana', '/rules/1').read()).toBeNull()
})
