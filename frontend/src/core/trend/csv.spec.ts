import { expect, it } from 'vitest'
import type { Course } from '@/core/trend/course'
import { buckets, samples } from '@/core/trend/course.fixture'
import { seenCsv } from '@/core/trend/csv'
import type { Pen } from '@/core/trend/pen'

const ALL = { from: 0, to: 10_000 }

function pen(metricId: string, course: Course, unit = '°C'): Pen {
  return { metricId, name: metricId, slot: 0, unit, decimals: 1, shape: 'line', course }
}

it('has each sample that is seen, with all its digits', () => {
  const course = samples(
    [-1, 0],
    [1_000, 9007199254740993n],
    [2_000, null, null],
    [3_000, null, 'BAD'],
  )
  expect(seenCsv([pen('total', course, '')], ALL)).toBe(
    [
      'start,metricId,value,quality',
      '1970-01-01T00:00:01.000Z,total,9007199254740993,GOOD',
      '1970-01-01T00:00:03.000Z,total,,BAD',
      '',
    ].join('\r\n'),
  )
})

it('has each bucket that is seen, and samples beside them', () => {
  const course = buckets(
    60_000,
    [0, { min: 1, avg: 2.5, max: 3, count: 60, nonGood: 1 }],
    [60_000, null],
  )
  expect(seenCsv([pen('a', course), pen('b', samples([1_000, true]), '')], ALL)).toBe(
    [
      'start,end,metricId,value,quality,unit,count,min,avg,max,nonGood',
      '1970-01-01T00:00:00.000Z,1970-01-01T00:01:00.000Z,a,,,°C,60,1,2.5,3,1',
      '1970-01-01T00:00:01.000Z,,b,true,GOOD,,,,,,',
      '',
    ].join('\r\n'),
  )
})

it.each([
  ['=1+1', "'=1+1"],
  ['kg, dry', '"kg, dry"'],
  ['12"', '"12"""'],
])('takes the unit %s for nothing else', (unit, field) => {
  expect(seenCsv([pen('a', samples([0, 1]), unit)], ALL)).toContain(`,GOOD,${field}\r\n`)
})

it('says at least what it would hold', () => {
  expect(seenCsv([], ALL)).toBe('start\r\n')
})
