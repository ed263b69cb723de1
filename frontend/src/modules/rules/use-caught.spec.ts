// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent } from 'vue'
import type { Rule } from '@/contract/rules'
import { API, type ApiClient } from '@/core/http/api-client'
import { emptyDraft } from '@/modules/rules/rule-draft'
import { DEFAULT_ID, useCaught, type CaughtCounts } from '@/modules/rules/use-caught'

function rule(id: string, part: Partial<Rule> = {}): Rule {
  return { id, version: 1, createdAt: 0, ...emptyDraft(), priority: 100, name: id, ...part }
}

async function countsOf(rules: Rule[], answers: object[]): Promise<CaughtCounts> {
  let counts: CaughtCounts | undefined
  const api = { get: () => Promise.resolve(answers.shift()) } as unknown as ApiClient
  const holder = defineComponent({
    setup() {
      counts = useCaught(() => ({ rules, defaultMode: 'both' }))
      return () => null
    },
  })
  mount(holder, {
    global: {
      plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]],
      provide: { [API as symbol]: api },
    },
  })
  await flushPromises()
  return counts!
}

it('tells what a rule takes and decides, and what is left, from all pages', async () => {
  const counted = { series: 20, byDefault: 12, complete: true }
  const page = (
    id: string,
    matched: number,
    decided: number,
    nextCursor: string | null,
  ): object => ({
    items: [{ id, series: { matched, decided } }],
    nextCursor,
    counted,
  })
  const rules = [rule('a'), rule('b', { enabled: false })]
  const counts = await countsOf(rules, [page('a', 5, 3, 'next'), page('b', 4, 0, null)])
  expect(counts.of('a')).toEqual({ matched: 5, decided: 3 })
  expect(counts.of('b')).toEqual({ matched: 4, decided: null })
  expect(counts.of(DEFAULT_ID)).toEqual({ matched: 12, decided: 12 })
  expect(counts.total.value).toBe(20)
})
