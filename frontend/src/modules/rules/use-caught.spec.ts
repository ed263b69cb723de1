// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, nextTick, shallowRef, type ShallowRef } from 'vue'
import type { DryRun, Rule } from '@/contract/rules'
import { API, type ApiClient } from '@/core/http/api-client'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { emptyDraft } from '@/modules/rules/rule-draft'
import {
  DEFAULT_ID,
  probeOf,
  probeOfDefault,
  useCaught,
  type CaughtCounts,
} from '@/modules/rules/use-caught'
import type { RuleBook } from '@/modules/rules/use-rules'

function rule(id: string, part: Partial<Rule> = {}): Rule {
  const draft = { ...emptyDraft({ tenant: 'granix' }), priority: 100 }
  return { id, version: 1, createdAt: 0, ...draft, name: id, ...part }
}

const NOTHING = { sampleRows: 0, events: 0, hourlyRows: 0, bytes: 0 }
function run(matched: number, touched: number): DryRun {
  return {
    from: 0,
    to: 1,
    matched,
    touched,
    before: NOTHING,
    after: NOTHING,
    change: NOTHING,
    bytesPerSample: 1,
    bytesPerHourlyRow: 1,
    bytesMeasured: true,
    series: [],
  }
}

interface Bench {
  counts: CaughtCounts
  book: ShallowRef<RuleBook>
  asked: string[]
  settle: () => Promise<void>
}

function bench(book: RuleBook, answer: (replaces: string) => DryRun): Bench {
  const asked: string[] = []
  const known = shallowRef(book)
  let counts: CaughtCounts | undefined
  const api = {
    post: (path: string) => {
      const replaces = new URL(path, 'http://x').searchParams.get('replaces') ?? DEFAULT_ID
      asked.push(replaces)
      return Promise.resolve().then(() => answer(replaces))
    },
  } as unknown as ApiClient
  const holder = defineComponent({
    setup() {
      counts = useCaught(() => known.value)
      return () => null
    },
  })
  mount(holder, {
    global: {
      plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]],
      provide: { [API as symbol]: api },
    },
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) await nextTick()
    await new Promise((resolve) => setTimeout(resolve))
    for (let turn = 0; turn < 40; turn++) await nextTick()
  }
  return { counts: counts!, book: known, asked, settle }
}

describe('the draft by which a rule is counted', () => {
  it('changes what every series would be that the rule decides', () => {
    const { draft, replaces } = probeOf(rule('a', { mode: 'both' }))
    expect([draft.mode, replaces]).toEqual(['none', 'a'])
    expect(probeOf(rule('a', { mode: 'none' })).draft.mode).toBe('raw')
  })

  it('leaves a disabled rule disabled', () => {
    const { draft } = probeOf(rule('a', { enabled: false }))
    expect([draft.enabled, draft.mode]).toEqual([false, 'both'])
  })

  it('is the weakest there can be for what no rule takes', () => {
    const { draft, replaces } = probeOfDefault({ rules: [], defaultMode: 'none' })
    expect([draft.priority, draft.mode, draft.tenant, replaces]).toEqual([
      -1_000_000,
      'raw',
      '*',
      undefined,
    ])
  })
})

describe('counting', () => {
  const answers: Record<string, DryRun> = { a: run(5, 3), b: run(4, 9), default: run(20, 12) }
  const answer = (replaces: string): DryRun => answers[replaces]!

  it('tells what a rule takes and decides, and what is left', async () => {
    const book: RuleBook = {
      rules: [rule('a'), rule('b', { enabled: false })],
      defaultMode: 'both',
    }
    const { counts, settle } = bench(book, answer)
    for (const id of ['a', 'b', DEFAULT_ID]) counts.want(id)
    await settle()
    expect(counts.of('a')).toMatchObject({ matched: 5, decided: 3 })
    expect(counts.of('b')).toMatchObject({ matched: 4, decided: null })
    expect(counts.of(DEFAULT_ID)).toMatchObject({ matched: 12, decided: 12 })
    expect(counts.total.value).toBe(20)
  })

  it('leaves nothing where a rule takes everything', async () => {
    const { counts, settle } = bench(
      { rules: [rule('a', { tenant: '*' })], defaultMode: 'both' },
      answer,
    )
    counts.want(DEFAULT_ID)
    await settle()
    expect(counts.of(DEFAULT_ID)).toMatchObject({ decided: 0 })
    expect(counts.total.value).toBe(20)
  })

  it('asks for what is looked at, and again when the rules changed', async () => {
    const { counts, book, asked, settle } = bench(
      { rules: [rule('a'), rule('b')], defaultMode: 'both' },
      answer,
    )
    counts.want('a')
    counts.want('b')
    counts.forgo('b')
    await settle()
    expect(asked).toEqual(['a'])
    book.value = { rules: [rule('a', { version: 2 })], defaultMode: 'both' }
    await settle()
    expect(asked).toEqual(['a', 'a'])
  })

  it('stops at a failure until somebody asks again, but not at a rule that is gone', async () => {
    let failsWith: number | null = 404
    const { counts, asked, settle } = bench(
      { rules: [rule('a'), rule('b')], defaultMode: 'both' },
      (id) => {
        if (failsWith !== null) throw new ApiError(API_FAILURE.status, 'no', { status: failsWith })
        return answer(id)
      },
    )
    counts.want('a')
    await settle()
    expect(counts.failure.value).toBeNull()
    failsWith = 503
    counts.want('b')
    await settle()
    expect(counts.failure.value).toBeInstanceOf(ApiError)
    failsWith = null
    counts.retry()
    await settle()
    expect(asked).toEqual(['a', 'b', 'b'])
    expect(counts.of('b')).toMatchObject({ decided: 9 })
  })
})
