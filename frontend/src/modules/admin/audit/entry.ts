import { stringify } from 'lossless-json'
import type { AuditEntry } from '@/contract/admin'

/** One thing that differs, or that was written down; a side that says nothing of it is undefined. */
export interface Change {
  /** The path to it, `roles.granix`. */
  field: string
  before: unknown
  after: unknown
}

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Counts up by itself with every edit: no reader asked for it. */
const SILENT: ReadonlySet<string> = new Set(['version'])

/** What differs between the two sides; of an entry with one side, all it says. */
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): Change[] {
  const old = isFields(before) ? before : {}
  const now = isFields(after) ? after : {}
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  return names
    .filter((name) => !SILENT.has(name))
    .flatMap((name) => compare(name, old[name], now[name], true))
}

function compare(field: string, before: unknown, after: unknown, isTop: boolean): Change[] {
  if (isTop && (isFields(before) || isFields(after))) {
    const old = isFields(before) ? before : {}
    const now = isFields(after) ? after : {}
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) =>
      compare(`${field}.${name}`, old[name], now[name], false),
    )
  }
  const isNothing = isBlank(before) && isBlank(after)
  return isNothing || stringify(before) === stringify(after) ? [] : [{ field, before, after }]
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}

/** What stands for no value, a yes, and a no. */
export interface ValueWords {
  none: string
  yes: string
  no: string
}

/** A value as text; what has an inside is shown as JSON. */
export function valueText(value: unknown, words: ValueWords): string {
  if (isBlank(value)) return words.none
  if (value === true) return words.yes
  if (value === false) return words.no
  if (typeof value === 'string') return value
  return stringify(value, undefined, 2) ?? words.none
}

/** What an entry is about, as people call it; of what has no name, the beginning of its id. */
export function nameOfSubject({ subject, subjectName }: AuditEntry): string {
  if (subjectName !== null) return subjectName
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(subject) ? subject.slice(0, 8) : subject
}

/** A count that the entry tells of, such as how many attempts failed. */
export function countIn(side: unknown, field: string): number | null {
  const value = isFields(side) ? side[field] : undefined
  return typeof value === 'number' ? value : null
}
