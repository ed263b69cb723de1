// @vitest-environment jsdom
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { shallowRef } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { describe, expect, it } from 'vitest'
import { createMessages } from '@/core/i18n/i18n'
import { LIVE, type Live } from '@/core/live/live'
import type { MetricCell } from '@/core/live/live-store'
import type { Language } from '@/core/preferences/preferences-store'
import type { Reading } from '@/core/reading/reading'
import { CLOCK, type Clock } from '@/core/time/clock'
import MetricRow from '@/modules/plants/MetricRow.vue'

const PLC = { tenant: 'granix', site: 'planta-1', plcId: 'plc-03' }
const NOW = 1_736_359_200_000
const READING: Reading = {
  metricId: 'temp_head',
  value: 83.2,
  ts: NOW - 1_000,
  quality: 'GOOD',
  unit: 'celsius',
  dataType: 'float',
  decimals: 1,
}

function mountRow(
  reading: Partial<Reading>,
  { language = 'es' as Language, fresh = true } = {},
): { row: VueWrapper; fresh: { value: boolean }; tick: { value: number } } {
  const linkFresh = shallowRef(fresh)
  const tick = shallowRef(NOW)
  const cell: MetricCell = {
    metricId: 'temp_head',
    reading: shallowRef({ ...READING, ...reading }),
    trail: [],
  }
  const row = mount(MetricRow, {
    props: { plc: PLC, cell, href: '/plc/granix/planta-1/plc-03?metric=temp_head', visible: true },
    global: {
      plugins: [
        createPinia(),
        createMessages(language).plugin,
        createRouter({
          history: createMemoryHistory(),
          routes: [{ path: '/', component: MetricRow }],
        }),
      ],
      provide: {
        [LIVE as symbol]: { isRenewed: () => linkFresh.value } as Partial<Live>,
        [CLOCK as symbol]: { tick, now: () => tick.value } as Partial<Clock>,
      },
    },
  })
  return { row, fresh: linkFresh, tick }
}

function partOf(row: VueWrapper, part: string): string {
  return row.get(`[data-part=${part}]`).text()
}

describe('MetricRow', () => {
  it.each([
    ['es', '83,2', 'ahora'],
    ['en', '83.2', 'now'],
  ] as const)('shows value, unit and age in %s', (language, value, age) => {
    const { row } = mountRow({}, { language })
    expect(partOf(row, 'value')).toBe(value)
    expect(partOf(row, 'unit')).toBe('°C')
    expect(partOf(row, 'age')).toContain(age)
    expect(row.find('s').exists()).toBe(false)
  })

  it('strikes a bad value and says so', () => {
    const { row } = mountRow({ quality: 'BAD' })
    expect(row.get('s').text()).toBe('83,2')
    expect(row.text()).toContain('Mala')
  })

  it('marks an uncertain value by word and leaves it readable', () => {
    const { row } = mountRow({ quality: 'UNCERTAIN' })
    expect(row.text()).toContain('Incierta')
    expect(row.find('s').exists()).toBe(false)
  })

  it('turns stale by age, and all at once without the link', async () => {
    const aged = mountRow({})
    aged.tick.value = NOW + 45_000
    await aged.row.vm.$nextTick()
    expect(aged.row.attributes('data-state')).toBe('stale')
    expect(partOf(aged.row, 'age')).toContain('46 s')

    const cut = mountRow({})
    expect(cut.row.attributes('data-stale')).toBe('false')
    cut.fresh.value = false
    await cut.row.vm.$nextTick()
    expect(cut.row.text()).toContain('Antigua')
  })

  it.each([
    [9007199254740993n, 'int', '9007199254740993'],
    [true, 'bool', 'Activo'],
    [false, 'bool', 'Inactivo'],
    ['RECETA 12', 'string', 'RECETA 12'],
    [null, 'float', '—'],
  ] as const)('shows %s', (value, dataType, text) => {
    expect(partOf(mountRow({ value, dataType }).row, 'value')).toBe(text)
  })
})
