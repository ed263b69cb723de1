import { expect, it } from 'vitest'
import { periodText } from '@/modules/trend/period-text'

const NOW = Date.parse('2026-11-26T20:00:00Z')
const BUENOS_AIRES = 'America/Argentina/Buenos_Aires'

it.each([
  ['2026-11-26T18:02:10Z', '2026-11-26T18:17:10Z', BUENOS_AIRES, '26/11 15:02:10 – 15:17:10'],
  ['2026-11-25T18:00:00Z', '2026-11-26T18:00:00Z', BUENOS_AIRES, '25/11 15:00:00 – 26/11 15:00:00'],
  ['2026-11-20T18:00:00Z', '2026-11-26T18:00:00Z', BUENOS_AIRES, '20/11 15:00 – 26/11 15:00'],
  [
    '2025-11-26T18:00:00Z',
    '2026-11-26T18:00:00Z',
    BUENOS_AIRES,
    '26/11/2025 15:00 – 26/11/2026 15:00',
  ],
  [
    '2026-11-26T20:00:00Z',
    '2031-11-26T20:00:00Z',
    BUENOS_AIRES,
    '26/11/2026 17:00 – 26/11/2031 17:00',
  ],
  [
    '2026-11-01T05:50:00Z',
    '2026-11-01T06:10:00Z',
    'America/New_York',
    '01/11 01:50:00 (UTC−4) – 01:10:00 (UTC−5)',
  ],
])('from %s to %s in %s', (from, to, zone, text) => {
  expect(periodText({ from: Date.parse(from), to: Date.parse(to) }, NOW, 'es-AR', zone)).toBe(text)
})
