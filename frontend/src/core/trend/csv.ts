import { COURSE_KIND, placeOf, type Period } from '@/core/trend/course'
import type { Pen } from '@/core/trend/pen'

type Row = Readonly<Partial<Record<Column, string>>>

const COLUMNS = [
  'start',
  'end',
  'metricId',
  'value',
  'quality',
  'unit',
  'count',
  'min',
  'avg',
  'max',
  'nonGood',
] as const
type Column = (typeof COLUMNS)[number]

/**
 * What a chart shows of a period, as CSV: each sample, or each bucket with its figures. Numbers and
 * times are written as the API writes them, so that a program reads both alike.
 */
export function seenCsv(pens: readonly Pen[], period: Period): string {
  const rows = pens.flatMap((pen) => rowsOf(pen, period))
  const used = COLUMNS.filter(
    (column) => column === 'start' || rows.some((row) => row[column] !== undefined),
  )
  const lines = rows.map((row) => used.map((column) => row[column] ?? '').join(','))
  return [used.join(','), ...lines, ''].join('\r\n')
}

function rowsOf({ metricId, unit, course }: Pen, { from, to }: Period): Row[] {
  const rows: Row[] = []
  const common = { metricId, ...(unit !== '' && { unit: field(unit) }) }
  const end = placeOf(course.times, to)
  if (course.kind === COURSE_KIND.samples) {
    for (let place = placeOf(course.times, from); place < end; place++) {
      const quality = course.qualities[place]!
      if (quality === null) continue
      const value = course.values[place]!
      rows.push({
        ...common,
        start: instant(course.times[place]!),
        quality,
        value: value === null ? '' : String(value),
      })
    }
    return rows
  }
  for (let place = placeOf(course.times, from - course.bucketMs + 1); place < end; place++) {
    const count = course.count[place]!
    if (count === null) continue
    const start = course.times[place]!
    rows.push({
      ...common,
      start: instant(start),
      end: instant(start + course.bucketMs),
      count: String(count),
      min: figure(course.min[place]!),
      avg: figure(course.avg[place]!),
      max: figure(course.max[place]!),
      nonGood: String(course.nonGood[place] ?? 0),
    })
  }
  return rows
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

function figure(value: number | null): string {
  return value === null ? '' : String(value)
}

/** A text that cannot be taken for a formula, nor for two fields. */
function field(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Hands a text to the reader as a file. */
export function saveText(text: string, fileName: string, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The browser has its own hold on it by then.
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, 10_000)
}
