import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createClock, type Clock } from '@/core/time/clock'

const NOW = 1_736_359_200_000
const page = { hidden: true, addEventListener: () => undefined } as unknown as Document

let clock: Clock
/** An answer that took so long, and in which the server wrote its time just before it came. */
function answer(roundTripMs: number, serverAheadMs: number): void {
  const header = new Date(NOW + serverAheadMs).toUTCString()
  clock.observeServerDate(header, NOW - roundTripMs, NOW)
}
const skew = (): number => clock.now() - NOW

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  clock = createClock(page)
})
afterEach(() => {
  vi.useRealTimers()
})

it('follows the server where this clock is off, and again when it was set right', () => {
  answer(200, 120_000)
  expect(skew()).toBeGreaterThan(119_000)
  expect(skew()).toBeLessThan(121_000)
  answer(200, 0)
  expect(skew()).toBe(0)
})

it('takes a slow answer for no difference of the clocks', () => {
  answer(14_000, 0)
  expect(skew()).toBe(0)
  answer(200, 120_000)
  const known = skew()
  answer(14_000, 120_000)
  expect(skew()).toBe(known)
})

it('corrects by a quick answer what a slow one said', () => {
  answer(14_000, 120_000)
  expect(skew()).toBeGreaterThan(110_000)
  answer(200, 120_000)
  expect(Math.abs(skew() - 120_000)).toBeLessThan(2_000)
})

it('passes over an answer during which this clock was set back', () => {
  answer(-60_000, 0)
  expect(skew()).toBe(0)
})
