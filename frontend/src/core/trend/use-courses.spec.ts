// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed, defineComponent, reactive, shallowRef } from 'vue'
import type { TelemetryMessage } from '@/contract/websocket'
import { API, type ApiClient } from '@/core/http/api-client'
import { ApiError, API_FAILURE } from '@/core/http/api-error'
import { LINK_PHASE, type LinkPhase } from '@/core/live/link'
import { LIVE, type Live } from '@/core/live/live'
import { CLOCK, type Clock } from '@/core/time/clock'
import type { Course } from '@/core/trend/course'
import { periodOf, type Span } from '@/core/trend/ranges'
import { useCourses, type Courses } from '@/core/trend/use-courses'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const IDENTITY = { tenant: 'granix', site: 'planta-1', plcId: 'plc-01' }

/** A page with a chart, over a server that has a sample a second. */
class Stage {
  readonly asked: { metric: string; from: number; to: number; maxPoints: number }[] = []
  readonly source = reactive({
    metricIds: ['a'],
    span: { range: '5m' } as Span,
    plcId: 'plc-01',
    isHidden: false,
  })
  readonly phase = shallowRef<LinkPhase>(LINK_PHASE.live)
  failure: Error | null = null
  hear: (message: TelemetryMessage) => void = () => undefined
  courses!: Courses
  readonly unmount: () => void

  constructor() {
    const api = { get: (_path: string, query: Record<string, string>) => this.answer(query) }
    const live = {
      status: computed(() => ({ phase: this.phase.value, since: 0, retryAt: null })),
      fresh: computed(() => this.phase.value === LINK_PHASE.live),
      on: (_type: string, handler: (message: TelemetryMessage) => void) => {
        this.hear = handler
        return () => undefined
      },
    }
    const clock: Clock = {
      now: () => Date.now(),
      tick: shallowRef(NOW),
      observeServerDate: () => undefined,
    }
    const page = defineComponent({
      setup: () => {
        this.courses = useCourses(() => ({
          identity: { ...IDENTITY, plcId: this.source.plcId },
          metricIds: this.source.metricIds,
          span: this.source.span,
          period: periodOf(this.source.span, Date.now()),
          maxPoints: 1_000,
          timeZone: 'UTC',
          isHidden: this.source.isHidden,
        }))
        return () => null
      },
    })
    const wrapper = mount(page, {
      global: {
        provide: {
          [API as symbol]: api as unknown as ApiClient,
          [LIVE as symbol]: live as unknown as Live,
          [CLOCK as symbol]: clock,
        },
      },
    })
    this.unmount = () => {
      wrapper.unmount()
    }
  }

  private answer(query: Record<string, string>): Promise<unknown> {
    const from = Date.parse(query['from']!)
    const to = Date.parse(query['to']!)
    const maxPoints = Number(query['maxPoints'])
    this.asked.push({ metric: query['metric']!, from, to, maxPoints })
    if (this.failure) return Promise.reject(this.failure)
    const width = [1, 60, 3_600].find((each) => (to - from) / 1_000 / each <= maxPoints) ?? 3_600
    const times: number[] = []
    for (let ts = from; ts < to; ts += width * 1_000) times.push(ts)
    const of = (metricId: string): object => {
      const figures = times.map(() => 1)
      return width === 1
        ? { metricId, unit: null, times, values: figures, qualities: times.map(() => 'GOOD') }
        : {
            metricId,
            unit: null,
            source: 'samples',
            times,
            min: figures,
            max: figures,
            avg: figures,
            count: figures,
            nonGood: figures,
          }
    }
    const columns = query['metric']!.split(',').map(of)
    return Promise.resolve(
      width === 1
        ? { resolution: 'raw', columns }
        : { resolution: 'buckets', bucketSeconds: width, columns },
    )
  }

  tell(metricId: string, ts: number, value: number): void {
    this.hear({
      type: 'telemetry',
      ...IDENTITY,
      ts,
      values: { [metricId]: value },
      quality: {},
      times: {},
      unit: {},
      dataType: {},
    })
  }

  course(metricId = 'a'): Course {
    return this.courses.courses.value.get(metricId)!
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

it('asks once for what it shows, and goes on with live values', async () => {
  const stage = new Stage()
  await flushPromises()
  expect(stage.asked).toEqual([{ metric: 'a', from: NOW - 300_000, to: NOW, maxPoints: 1_000 }])
  expect(stage.course().times.at(-1)).toBe(NOW - 1_000)
  stage.tell('a', NOW, 5)
  stage.tell('b', NOW, 5)
  vi.advanceTimersByTime(300)
  expect(stage.course().times.at(-1)).toBe(NOW)
  expect(stage.asked).toHaveLength(1)
  stage.unmount()
})

it('asks for a metric that is added, and for none again', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.source.metricIds = ['a', 'b']
  await flushPromises()
  stage.source.metricIds = ['b']
  await flushPromises()
  stage.source.metricIds = ['b', 'a']
  await flushPromises()
  expect(stage.asked.map(({ metric }) => metric)).toEqual(['a', 'b'])
  stage.unmount()
})

it('comes closer without asking where it has every sample', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.source.span = { from: NOW - 200_000, to: NOW - 100_000 }
  await flushPromises()
  expect(stage.asked).toHaveLength(1)
  stage.unmount()
})

it('asks for more than is seen of the past, and so can be moved', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.source.span = { from: NOW - 1_000_000, to: NOW - 900_000 }
  await flushPromises()
  expect(stage.asked.at(-1)).toEqual({
    metric: 'a',
    from: NOW - 1_050_000,
    to: NOW - 850_000,
    maxPoints: 2_000,
  })
  stage.source.span = { from: NOW - 1_040_000, to: NOW - 940_000 }
  await flushPromises()
  expect(stage.asked).toHaveLength(2)
  stage.unmount()
})

it('asks for finer buckets where it comes close, and keeps the coarse ones', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.source.span = { range: '24h' }
  await flushPromises()
  expect(stage.course().kind).toBe('buckets')
  stage.source.span = { from: NOW - 40_000_000, to: NOW - 39_500_000 }
  await flushPromises()
  expect(stage.course().kind).toBe('samples')
  expect(stage.asked).toHaveLength(3)
  stage.source.span = { range: '24h' }
  await flushPromises()
  expect(stage.asked).toHaveLength(3)
  stage.unmount()
})

it('asks anew for what was missed while the link was down', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.phase.value = LINK_PHASE.closed
  vi.advanceTimersByTime(20_000)
  await flushPromises()
  expect(stage.asked).toHaveLength(1)
  stage.phase.value = LINK_PHASE.live
  await flushPromises()
  expect(stage.asked).toHaveLength(2)
  expect(stage.course().times.at(-1)).toBe(NOW + 19_000)
  stage.unmount()
})

it('asks again a while after a pause, for what a gateway kept meanwhile', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.tell('a', NOW, 1)
  stage.tell('a', NOW + 1_000, 1)
  stage.tell('a', NOW + 60_000, 1)
  await vi.advanceTimersByTimeAsync(40_000)
  expect(stage.asked).toHaveLength(2)
  stage.unmount()
})

it('forgets one PLC for another', async () => {
  const stage = new Stage()
  await flushPromises()
  stage.source.plcId = 'plc-02'
  expect(stage.course().times).toEqual([])
  await flushPromises()
  expect(stage.asked).toHaveLength(2)
  stage.tell('a', NOW, 5)
  vi.advanceTimersByTime(300)
  expect(stage.course().times.at(-1)).toBe(NOW - 1_000)
  stage.unmount()
})

it('says what failed, and tries again by itself', async () => {
  const stage = new Stage()
  stage.failure = new ApiError(API_FAILURE.network, 'no answer')
  stage.source.metricIds = ['b']
  await flushPromises()
  expect(stage.courses.error.value).toBe(stage.failure)
  stage.failure = null
  await vi.advanceTimersByTimeAsync(11_000)
  expect(stage.courses.error.value).toBeNull()
  expect(stage.course('b').times.length).toBeGreaterThan(0)
  stage.unmount()
})

it('does nothing for what nobody sees, and makes up for it', async () => {
  const stage = new Stage()
  stage.source.isHidden = true
  await flushPromises()
  const before = stage.course()
  stage.tell('a', NOW, 5)
  vi.advanceTimersByTime(6_000)
  expect(stage.course()).toBe(before)
  stage.source.isHidden = false
  await flushPromises()
  vi.advanceTimersByTime(300)
  expect(stage.course().times.at(-1)).toBe(NOW)
  stage.unmount()
})

it('keeps no more live values than it draws: the history has them', async () => {
  const stage = new Stage()
  await flushPromises()
  for (let at = 0; at < 70_000; at += 50) {
    vi.setSystemTime(NOW + at)
    stage.tell('a', NOW + at, 1)
    if (at % 10_000 === 0) await flushPromises()
  }
  await flushPromises()
  expect(stage.asked).toHaveLength(2)
  expect(stage.course().times.length).toBeLessThan(2_000)
  stage.unmount()
})
