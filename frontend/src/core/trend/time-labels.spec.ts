import { expect, it } from 'vitest'
import { timeLabels } from '@/core/trend/time-labels'

const ZONE = 'America/Argentina/Buenos_Aires'
const at = (text: string): number => Date.parse(text)

it.each([
  [15_000, '2025-01-08T18:00:15Z', '15:00:15', '15:00:15'],
  [300_000, '2025-01-08T18:05:00Z', '15:05', '15:05'],
  [21_600_000, '2025-01-09T03:00:00Z', '09/01', '09/01'],
  [86_400_000, '2025-01-09T03:00:00Z', '09/01', '09/01'],
])('every %i ms, %s', (step, instant, spanish, english) => {
  expect(timeLabels([at(instant)], step, 'es-AR', ZONE)).toEqual([spanish])
  expect(timeLabels([at(instant)], step, 'en-GB', ZONE)).toEqual([english])
})
