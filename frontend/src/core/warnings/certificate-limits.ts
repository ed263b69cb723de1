import type { Certificate } from '@/contract/system'

/** With so many days left, or fewer, it is worth a look, and then wrong. */
export interface CertificateLimits {
  soonDays: number
  nowDays: number
}

/** As the server's. That of the page renews itself long before. */
export const CERTIFICATE_LIMITS: Record<Certificate['kind'], CertificateLimits> = {
  client: { soonDays: 30, nowDays: 7 },
  ca: { soonDays: 30, nowDays: 7 },
  broker: { soonDays: 30, nowDays: 7 },
  web: { soonDays: 7, nowDays: 3 },
}
