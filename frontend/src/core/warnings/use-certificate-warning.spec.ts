import { expect, it } from 'vitest'
import type { Certificate, CertificateRotation } from '@/contract/system'
import { warningOf } from '@/core/warnings/use-certificate-warning'

const NOW = 1_790_000_000_000
const DAY = 86_400_000

const certificate = (kind: Certificate['kind'], daysLeft: number): Certificate => ({
  kind,
  subject: 'CN=one',
  issuer: 'CN=other',
  notAfter: NOW + daysLeft * DAY,
  daysLeft,
})
const rotation = (state: CertificateRotation['state'], ago = 0): CertificateRotation => ({
  state,
  since: NOW - ago,
  detail: null,
})
const tell = (
  certificates: Certificate[],
  certificateRotation: CertificateRotation | null,
): ReturnType<typeof warningOf> => warningOf({ certificates, certificateRotation, now: NOW })

it('tells of all that end soon, the first to end first', () => {
  const [ca, client, web] = [
    certificate('ca', 12),
    certificate('client', 30),
    certificate('web', -1),
  ]
  const lasting = [certificate('broker', 31), certificate('web', 8)]
  const warning = tell([client, ...lasting, ca, web], rotation('none'))
  expect(warning).toEqual({ ending: [web, ca, client], isStuck: false })
})

it('claims nothing where all was mended since the server warned', () => {
  for (const each of [null, rotation('none'), rotation('trying'), rotation('waiting', 59_000)]) {
    expect(tell([certificate('client', 365)], each)).toBeNull()
  }
})

it('says that files are stuck by the server’s word and clock', () => {
  for (const each of [rotation('failed'), rotation('waiting', 60_000)]) {
    expect(tell([certificate('client', 365)], each)).toEqual({ ending: [], isStuck: true })
  }
})
