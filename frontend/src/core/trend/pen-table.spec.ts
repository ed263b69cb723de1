import { describe, expect, it } from 'vitest'
import type { TelemetryColumns } from '@/contract/telemetry-columns'
import { createPenTable, type PenTable } from '@/core/trend/pen-table'

const good = (count: number): 'GOOD'[] => Array.from({ length: count }, () => 'GOOD')

function raw(metricId: string, times: number[], values: (number | boolean | null)[]): object {
  const qualities = values.map((value) => (value === null ? null : 'GOOD'))
  return { metricId, times, values, qualities }
}

function history(...columns: object[]): TelemetryColumns {
  return { resolution: 'raw', columns } as TelemetryColumns
}

function rows(table: PenTable): unknown[] {
  return table.times.map((time, row) => [time, ...table.columns.map((column) => column[row])])
}

function append(table: PenTable, pen: number, ts: number, value: number): void {
  table.append(pen, { ts, value, quality: 'GOOD' })
}

describe('history', () => {
  it('puts pens of different times into one table', () => {
    const table = createPenTable(
      ['a', 'b', 'none'],
      history(raw('a', [1_000, 2_000], [1, 2]), raw('b', [1_500, 2_000], [true, false])),
    )
    expect(rows(table)).toEqual([
      [1, 1, undefined, undefined],
      [1.5, undefined, 1, undefined],
      [2, 2, 0, undefined],
    ])
  })

  it('breaks the line where the server says so, and where a value is bad', () => {
    const column = {
      metricId: 'a',
      times: [1_000, 2_000, 3_000],
      values: [1, null, 3],
      qualities: ['GOOD', null, 'BAD'],
    }
    expect(rows(createPenTable(['a'], history(column)))).toEqual([
      [1, 1],
      [2, null],
      [3, null],
    ])
  })

  it('draws a bucket as its minimum and maximum, in the order the line goes', () => {
    const table = createPenTable(['a'], {
      resolution: 'buckets',
      bucketSeconds: 4,
      samples: 30,
      columns: [
        {
          metricId: 'a',
          times: [0, 4_000, 8_000, 12_000],
          min: [1, 5, null, 7],
          max: [3, 9, null, 7],
          avg: [2, 7, null, 7],
          count: [10, 10, null, 10],
          nonGood: [0, 0, null, 0],
        },
      ],
    })
    expect(rows(table)).toEqual([
      [1, 1],
      [3, 3],
      [5, 5],
      [7, 9],
      [10, null],
      [14, 7],
    ])
  })
})

describe('live samples', () => {
  it('follow the history and never repeat it', () => {
    const table = createPenTable(['a', 'b'], history(raw('a', [1_000, 2_000], [1, 2])))
    append(table, 0, 2_000, 99)
    append(table, 0, 3_000, 3)
    append(table, 1, 3_000, 7)
    append(table, 1, 2_500, 6)
    expect(rows(table)).toEqual([
      [1, 1, undefined],
      [2, 2, undefined],
      [3, 3, 7],
    ])
  })

  it('may come between those of another pen', () => {
    const table = createPenTable(['a', 'b'], undefined)
    append(table, 0, 3_000, 3)
    append(table, 1, 2_000, 2)
    expect(rows(table)).toEqual([
      [2, undefined, 2],
      [3, 3, undefined],
    ])
  })

  it('leave a gap where the pause is much longer than usual', () => {
    const times = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000]
    const table = createPenTable(['a'], history(raw('a', times, [1, 1, 1, 1, 1, 1])))
    append(table, 0, 9_000, 1)
    append(table, 0, 19_000, 1)
    expect(rows(table).slice(-3)).toEqual([
      [9, 1],
      [14, null],
      [19, 1],
    ])
  })

  it('have no height where they are bad or a text', () => {
    const table = createPenTable(['a'], undefined)
    table.append(0, { ts: 1_000, value: 5, quality: 'BAD' })
    table.append(0, { ts: 2_000, value: 'RUN', quality: 'GOOD' })
    table.append(0, { ts: 3_000, value: 9007199254740993n, quality: 'UNCERTAIN' })
    expect(rows(table)).toEqual([
      [1, null],
      [2, null],
      [3, 9007199254740992],
    ])
  })
})

it('stays as long as its period, however much comes', () => {
  const times = Array.from({ length: 1_000 }, (_, index) => index * 1_000)
  const column = { metricId: 'a', times, values: times, qualities: good(1_000) }
  const table = createPenTable(['a'], history(column))
  for (let second = 1_000; second < 10_000; second++) {
    append(table, 0, second * 1_000, second)
    table.dropBefore((second - 500) * 1_000)
    expect(table.times.length).toBeLessThan(1_000)
  }
  expect(table.columns[0]).toHaveLength(table.times.length)
  expect(table.times[0]).toBeLessThanOrEqual(9_499)
})
