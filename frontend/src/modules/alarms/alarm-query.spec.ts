import { expect, it } from 'vitest'
import { ALL_OPEN, type AlarmFilter } from '@/core/alarms/alarm-filter'
import { periodOf, readFilter, writeFilter } from '@/modules/alarms/alarm-query'

it.each<[Record<string, string>, Partial<AlarmFilter>]>([
  [{}, {}],
  [{ state: 'all' }, { state: 'all' }],
  [{ severity: 'critical,low' }, { severities: ['critical', 'low'] }],
  [
    { tenant: 'granix', plant: 'planta-1', plc: 'plc-03' },
    { tenant: 'granix', site: 'planta-1', plcId: 'plc-03' },
  ],
  [
    { type: 'high_limit', sort: 'severity' },
    { type: 'high_limit', sort: 'severity' },
  ],
  [{ period: '8h' }, { lastMs: 28_800_000 }],
  [
    { from: '2025-01-08T18:00Z', to: '2025-01-08T19:30Z' },
    { from: Date.UTC(2025, 0, 8, 18), to: Date.UTC(2025, 0, 8, 19, 30) },
  ],
])('is the same from the address and back: %j', (query, part) => {
  expect(readFilter(query)).toEqual({ ...ALL_OPEN, ...part })
  expect(writeFilter({ ...ALL_OPEN, ...part })).toEqual(query)
})

it('passes over what makes no sense', () => {
  const query = {
    state: 'x',
    severity: 'worst,high',
    period: '1y',
    from: 'then',
    sort: ['ts'],
    tenant: null,
  }
  expect(readFilter(query)).toEqual({ ...ALL_OPEN, severities: ['high'] })
})

it.each<[Partial<AlarmFilter>, string]>([
  [{}, 'all'],
  [{ lastMs: 3_600_000 }, '1h'],
  [{ from: 0 }, 'own'],
  [{ to: 0 }, 'own'],
])('knows which choice %j is: %s', (part, choice) => {
  expect(periodOf({ ...ALL_OPEN, ...part })).toBe(choice)
})
