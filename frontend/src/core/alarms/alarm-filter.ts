import { SEVERITIES, type Alarm, type Severity } from '@/contract/alarms'
import type { QueryParameters } from '@/core/http/api-client'

/** Whether somebody has taken note, which is all that the server knows of an alarm's state. */
export const ALARM_STATES = ['open', 'acknowledged', 'all'] as const
export type AlarmState = (typeof ALARM_STATES)[number]

export const ALARM_SORTS = ['ts', 'severity'] as const
export type AlarmSort = (typeof ALARM_SORTS)[number]

/** Which alarms, and in which order. */
export interface AlarmFilter {
  state: AlarmState
  /** None means any. */
  severities: readonly Severity[]
  tenant: string
  site: string
  plcId: string
  type: string
  /** Arisen so long ago at most. */
  lastMs: number | null
  /** Arisen at or after, and before; of no account beside `lastMs`. */
  from: number | null
  to: number | null
  sort: AlarmSort
}

export const ALL_OPEN: AlarmFilter = {
  state: 'open',
  severities: [],
  tenant: '',
  site: '',
  plcId: '',
  type: '',
  lastMs: null,
  from: null,
  to: null,
  sort: 'ts',
}

interface Span {
  from: number | null
  to: number | null
}

function spanOf(filter: AlarmFilter, now: number): Span {
  return filter.lastMs === null ? filter : { from: now - filter.lastMs, to: null }
}

/** What the server is asked for. */
export function alarmParameters(filter: AlarmFilter, now: number): QueryParameters {
  const { from, to } = spanOf(filter, now)
  const set = (text: string): string | undefined => (text === '' ? undefined : text)
  return {
    acknowledged: filter.state === 'all' ? undefined : String(filter.state === 'acknowledged'),
    severity: set(filter.severities.join(',')),
    tenant: set(filter.tenant),
    site: set(filter.site),
    plcId: set(filter.plcId),
    type: set(filter.type),
    from: from === null ? undefined : new Date(from).toISOString(),
    to: to === null ? undefined : new Date(to).toISOString(),
    sort: filter.sort === 'ts' ? undefined : filter.sort,
  }
}

/** Whether the server would answer this one. */
export function isMatch(alarm: Alarm, filter: AlarmFilter, now: number): boolean {
  const { from, to } = spanOf(filter, now)
  return (
    (filter.state === 'all' || alarm.acknowledged === (filter.state === 'acknowledged')) &&
    (filter.severities.length === 0 || filter.severities.includes(alarm.severity)) &&
    isAny(filter.tenant, alarm.tenant) &&
    isAny(filter.site, alarm.site) &&
    isAny(filter.plcId, alarm.plcId) &&
    isAny(filter.type, alarm.type) &&
    (from === null || alarm.ts >= from) &&
    (to === null || alarm.ts < to)
  )
}

function isAny(wanted: string, actual: string): boolean {
  return wanted === '' || wanted === actual
}

export type AlarmOrder = (a: Alarm, b: Alarm) => number

/** The server's orders: the newest first, or the most urgent and of those the newest. */
export function alarmOrder(sort: AlarmSort): AlarmOrder {
  return sort === 'ts' ? newestFirst : (a, b) => rankOf(a) - rankOf(b) || newestFirst(a, b)
}

function newestFirst(a: Alarm, b: Alarm): number {
  return b.ts - a.ts || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}

function rankOf({ severity }: Alarm): number {
  return SEVERITIES.indexOf(severity)
}
