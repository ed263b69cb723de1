import { expect, it } from 'vitest'
import { createLiveTails } from '@/core/trend/live-tails'

it('keeps what it was asked to keep, and that alone', () => {
  const tails = createLiveTails()
  tails.add('a', { ts: 1, value: 1, quality: 'GOOD' })
  const tail = tails.track('a', 5)
  tails.add('a', { ts: 6, value: 6, quality: 'GOOD' })
  tails.add('b', { ts: 7, value: 7, quality: 'GOOD' })
  expect(tail).toEqual({ since: 5, samples: [{ ts: 6, value: 6, quality: 'GOOD' }] })
  expect([...tails.tracked()]).toEqual(['a'])
})

it('never goes back in time, and takes the later word', () => {
  const tails = createLiveTails()
  const tail = tails.track('a', 0)
  for (const [ts, value] of [
    [2, 2],
    [1, 1],
    [2, 9],
  ] as const) {
    tails.add('a', { ts, value, quality: 'GOOD' })
  }
  expect(tail.samples.map(({ value }) => value)).toEqual([9])
})

it('is incomplete from an interruption until it goes on', () => {
  const tails = createLiveTails()
  const tail = tails.track('a', 0)
  tails.interrupt()
  expect(tail.since).toBe(Infinity)
  expect(tails.track('b', 1).since).toBe(Infinity)
  tails.resume(10)
  expect(tail.since).toBe(10)
})

it('is bounded, and says where it begins then', () => {
  const tails = createLiveTails()
  const tail = tails.track('a', 0)
  for (let ts = 1; ts <= 20_001; ts++) tails.add('a', { ts, value: ts, quality: 'GOOD' })
  expect(tail.samples).toHaveLength(15_001)
  expect(tail.since).toBe(5_001)
})

it('lets go of what the history has', () => {
  const tails = createLiveTails()
  const tail = tails.track('a', 0)
  for (const ts of [1, 2, 3]) tails.add('a', { ts, value: ts, quality: 'GOOD' })
  tails.dropBefore('a', 3)
  expect(tail.samples.map(({ ts }) => ts)).toEqual([3])
  expect(tail.since).toBe(3)
})
