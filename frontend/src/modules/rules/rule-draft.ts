import { MATCH_FIELDS, MODE, type Mode, type Rule } from '@/contract/rules'
import { ANY, patternFault, type Match, type PatternFault } from '@/modules/rules/pattern'
import { MAX_PRIORITY, MIN_PRIORITY } from '@/modules/rules/precedence'

export const MAX_NAME = 200
export const MAX_DAYS = 36_500
const DEFAULT_PRIORITY = 100

/** A rule as somebody is writing it. */
export interface RuleDraft extends Match {
  name: string
  enabled: boolean
  priority: number | null
  mode: Mode
  rawRetentionDays: number | null
  hourlyRetentionDays: number | null
}

export type DraftField = keyof RuleDraft

/** What is wrong with one field, for the words to be found. */
export type DraftFault =
  | PatternFault
  | { kind: 'nameMissing' }
  | { kind: 'nameTooLong' }
  | { kind: 'priority' }
  | { kind: 'days' }

export type DraftFaults = Partial<Record<DraftField, DraftFault>>

export function emptyDraft(match: Partial<Match> = {}): RuleDraft {
  return {
    name: '',
    enabled: true,
    priority: DEFAULT_PRIORITY,
    tenant: ANY,
    province: ANY,
    plant: ANY,
    gatewayId: ANY,
    plcId: ANY,
    metricId: ANY,
    mode: MODE.both,
    rawRetentionDays: null,
    hourlyRetentionDays: null,
    ...match,
  }
}

/** What of a rule can be edited. */
export function draftOf(rule: Rule): RuleDraft {
  const { name, enabled, priority, mode, rawRetentionDays, hourlyRetentionDays } = rule
  return {
    name,
    enabled,
    priority,
    ...matchOf(rule),
    mode,
    rawRetentionDays,
    hourlyRetentionDays,
  }
}

export function matchOf({ tenant, province, plant, gatewayId, plcId, metricId }: Match): Match {
  return { tenant, province, plant, gatewayId, plcId, metricId }
}

/** The fields in which two drafts differ. */
export function differences(a: RuleDraft, b: RuleDraft): DraftField[] {
  return (Object.keys(a) as DraftField[]).filter((field) => a[field] !== b[field])
}

function isWholeBetween(value: number | null, least: number, most: number): boolean {
  return value !== null && Number.isInteger(value) && value >= least && value <= most
}

/** What the server would refuse. */
export function faultsOf(draft: RuleDraft): DraftFaults {
  const faults: DraftFaults = {}
  if (draft.name.trim() === '') faults.name = { kind: 'nameMissing' }
  else if (draft.name.length > MAX_NAME) faults.name = { kind: 'nameTooLong' }
  for (const field of MATCH_FIELDS) {
    const fault = patternFault(draft[field])
    if (fault) faults[field] = fault
  }
  if (!isWholeBetween(draft.priority, MIN_PRIORITY, MAX_PRIORITY)) {
    faults.priority = { kind: 'priority' }
  }
  for (const field of ['rawRetentionDays', 'hourlyRetentionDays'] as const) {
    const days = draft[field]
    if (days !== null && !isWholeBetween(days, 1, MAX_DAYS)) faults[field] = { kind: 'days' }
  }
  return faults
}

/** The draft without what keeps the server from reckoning with it; null where that is more than its name. */
export function reckonable(draft: RuleDraft): RuleDraft | null {
  const { name, ...others } = faultsOf(draft)
  if (Object.keys(others).length > 0) return null
  return name ? { ...draft, name: '-' } : { ...draft }
}
