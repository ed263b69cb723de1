import { expect, it } from 'vitest'
import type { Alarm } from '@/contract/alarms'
import {
  ALL_OPEN,
  alarmOrder,
  alarmParameters,
  isMatch,
  type AlarmFilter,
} from '@/core/alarms/alarm-filter'
import {
  append,
  compare,
  hear,
  MOST_WAITING,
  release,
  shelfOf,
  type AlarmShelf,
  type Rules,
} from '@/core/alarms/alarm-shelf'

const NOW = 1_736_359_200_000

/** An alarm by its id, which is also how many minutes ago it arose. */
function alarm(id: number, part: Partial<Alarm> = {}): Alarm {
  return {
    id: String(id),
    version: 1,
    tenant: 'granix',
    site: 'planta-1',
    plcId: 'plc-03',
    plcName: null,
    metricId: null,
    ts: NOW - id * 60_000,
    type: 'high_limit',
    message: 'temp_head is above 90',
    severity: 'high',
    acknowledged: false,
    acknowledgedAt: null,
    acknowledgedBy: null,
    comment: null,
    ...part,
  }
}

function rules(part: Partial<AlarmFilter> = {}): Rules {
  const filter = { ...ALL_OPEN, ...part }
  return { order: alarmOrder(filter.sort), isMatch: (each) => isMatch(each, filter, NOW) }
}

const ids = (alarms: readonly Alarm[]): string => alarms.map(({ id }) => id).join(' ')
const look = ({ shown, waiting }: AlarmShelf): string => `${ids(shown)} + ${ids(waiting)}`

it.each<[string, number[], boolean, Alarm[], string]>([
  ['what is new waits', [5, 6], false, [alarm(1)], '5 6 + 1'],
  [
    'several wait in order, whatever order they came in',
    [5],
    false,
    [alarm(1), alarm(3), alarm(2)],
    '5 + 1 2 3',
  ],
  ['the same twice is one', [5], false, [alarm(1), alarm(1, { version: 2 })], '5 + 1'],
  ['what belongs further down comes with its page', [5, 6], true, [alarm(9)], '5 6 + '],
  ['what is older than the last of all waits too', [5, 6], false, [alarm(9)], '5 6 + 9'],
  ['what was not asked for is left out', [5], false, [alarm(1, { acknowledged: true })], '5 + '],
  [
    'what is shown stays where it stands',
    [5, 6],
    false,
    [alarm(6, { version: 2, acknowledged: true })],
    '5 6 + ',
  ],
])('%s', (_name, shown, hasMore, heard, expected) => {
  const shelf = shelfOf(
    shown.map((id) => alarm(id)),
    hasMore,
  )
  expect(look(hear(shelf, heard, rules()))).toBe(expected)
})

it('shows the newest version of an alarm, whenever it was heard', () => {
  const shelf = shelfOf([alarm(5, { version: 2, acknowledged: true })], false)
  expect(hear(shelf, [alarm(5)], rules()).shown[0]!.acknowledged).toBe(true)
  const next = hear(shelf, [alarm(5, { version: 3, comment: 'on my way' })], rules())
  expect(next.shown[0]!.comment).toBe('on my way')
})

it('forgets a waiting one that somebody acknowledged meanwhile', () => {
  const shelf = hear(shelfOf([alarm(5)], false), [alarm(1), alarm(2)], rules())
  expect(look(hear(shelf, [alarm(1, { version: 2, acknowledged: true })], rules()))).toBe('5 + 2')
})

it('shows what waited where it belongs', () => {
  const bySeverity = rules({ sort: 'severity' })
  const shelf = shelfOf([alarm(7, { severity: 'critical' }), alarm(3), alarm(9)], false)
  const next = hear(shelf, [alarm(1), alarm(8, { severity: 'critical' })], bySeverity)
  expect(look(next)).toBe('7 3 9 + 8 1')
  expect(look(release(next, bySeverity.order))).toBe('7 8 1 3 9 + ')
})

it('adds a page without what is known already', () => {
  const shelf = hear(shelfOf([alarm(3)], true), [alarm(1)], rules())
  expect(look(append(shelf, [alarm(1), alarm(3), alarm(4)], false))).toBe('3 4 + 1')
})

it('keeps no more waiting than can be shown, and says so', () => {
  const many = Array.from({ length: MOST_WAITING + 1 }, (_, index) => alarm(index))
  const shelf = hear(shelfOf([], false), many, rules())
  expect(shelf.waiting).toHaveLength(MOST_WAITING)
  expect(shelf.isOutdated).toBe(true)
})

it.each<[string, number[], boolean, boolean]>([
  ['all of it is still there', [4, 5, 6], false, false],
  ['one is gone', [4, 6], false, true],
  ['one is beyond what was asked', [4, 5], true, false],
  ['everything is gone', [], false, true],
])('knows after a pause whether %s', (_name, fresh, hasMore, isOutdated) => {
  const shelf = shelfOf([alarm(4), alarm(5), alarm(6)], true)
  const next = compare(
    shelf,
    fresh.map((id) => alarm(id)),
    hasMore,
    rules(),
  )
  expect(next.isOutdated).toBe(isOutdated)
  expect(look(next)).toBe('4 5 6 + ')
})

it('knows that one it saw acknowledged is rightly gone', () => {
  const shelf = shelfOf([alarm(4), alarm(5, { version: 2, acknowledged: true })], false)
  expect(compare(shelf, [alarm(4)], false, rules()).isOutdated).toBe(false)
})

it.each<[Partial<AlarmFilter>, Partial<Alarm>, boolean]>([
  [{}, {}, true],
  [{ state: 'acknowledged' }, {}, false],
  [{ state: 'all' }, { acknowledged: true }, true],
  [{ severities: ['critical', 'high'] }, {}, true],
  [{ severities: ['low'] }, {}, false],
  [{ tenant: 'granix', site: 'planta-2' }, {}, false],
  [{ plcId: 'plc-03', type: 'high_limit' }, {}, true],
  [{ lastMs: 60_000 }, { ts: NOW - 60_001 }, false],
  [{ from: NOW - 60_000, to: NOW }, { ts: NOW }, false],
  [{ from: NOW - 60_000, to: NOW }, { ts: NOW - 60_000 }, true],
])('asks for %j of %j: %s', (filter, part, expected) => {
  expect(isMatch(alarm(0, part), { ...ALL_OPEN, ...filter }, NOW)).toBe(expected)
})

it('says to the server what it asks for', () => {
  expect(alarmParameters(ALL_OPEN, NOW)).toEqual({ acknowledged: 'false' })
  expect(
    alarmParameters(
      {
        ...ALL_OPEN,
        state: 'all',
        severities: ['critical', 'low'],
        lastMs: 3_600_000,
        sort: 'severity',
      },
      NOW,
    ),
  ).toEqual({ severity: 'critical,low', from: '2025-01-08T17:00:00.000Z', sort: 'severity' })
})
