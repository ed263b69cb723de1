import { SEVERITIES } from '@/contract/alarms'
import { ALARM_SORTS, ALARM_STATES, ALL_OPEN, type AlarmFilter } from '@/core/alarms/alarm-filter'
import { PERIOD_NAMES, PERIODS, type PeriodChoice, type PeriodName } from '@/modules/alarms/periods'

/** The query of an address, as the router reads it. */
export type Query = Readonly<Record<string, unknown>>

/** What the address says about which alarms are meant. Anybody may have written it: what makes no sense is passed over. */
export function readFilter(query: Query): AlarmFilter {
  const text = (name: string): string => textOf(query[name])
  const severities = text('severity').split(',')
  const period = text('period')
  return {
    state: ALARM_STATES.find((each) => each === text('state')) ?? ALL_OPEN.state,
    severities: SEVERITIES.filter((each) => severities.includes(each)),
    tenant: text('tenant'),
    site: text('plant'),
    plcId: text('plc'),
    type: text('type'),
    lastMs: isPeriod(period) ? PERIODS[period] : null,
    from: timeOf(text('from')),
    to: timeOf(text('to')),
    sort: ALARM_SORTS.find((each) => each === text('sort')) ?? ALL_OPEN.sort,
  }
}

/** The same for an address, without what goes without saying. */
export function writeFilter(filter: AlarmFilter): Record<string, string> {
  const period = PERIOD_NAMES.find((name) => PERIODS[name] === filter.lastMs)
  const parts: Record<string, string | undefined> = {
    state: filter.state === ALL_OPEN.state ? undefined : filter.state,
    severity: filter.severities.join(','),
    tenant: filter.tenant,
    plant: filter.site,
    plc: filter.plcId,
    type: filter.type,
    period,
    from: period === undefined ? textOfTime(filter.from) : undefined,
    to: period === undefined ? textOfTime(filter.to) : undefined,
    sort: filter.sort === ALL_OPEN.sort ? undefined : filter.sort,
  }
  return Object.fromEntries(
    Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1])),
  )
}

/** Which of the choices the filter's period is. */
export function periodOf(filter: AlarmFilter): PeriodChoice {
  const period = PERIOD_NAMES.find((name) => PERIODS[name] === filter.lastMs)
  if (period) return period
  return filter.from === null && filter.to === null ? 'all' : 'own'
}

function isPeriod(name: string): name is PeriodName {
  return PERIOD_NAMES.some((each) => each === name)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function timeOf(text: string): number | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms
}

function textOfTime(ms: number | null): string | undefined {
  return ms === null ? undefined : new Date(ms).toISOString().replace(':00.000Z', 'Z')
}
