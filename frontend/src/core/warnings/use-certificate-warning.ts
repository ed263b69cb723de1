import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { type Certificate, healthSchema, type System, systemSchema } from '@/contract/system'
import { useApi } from '@/core/http/api-client'
import { CERTIFICATE_LIMITS } from '@/core/warnings/certificate-limits'

/** A certificate ends in days, not in minutes. */
const EVERY_MS = 5 * 60_000
/** As the server's. */
const STUCK_MS = 60_000

export type EndingCertificate = Pick<Certificate, 'kind' | 'daysLeft' | 'notAfter'>

export interface CertificateWarning {
  /** Those of which it is time to tell, the first to end first. */
  ending: readonly EndingCertificate[]
  /** New files do not come into use. */
  isStuck: boolean
}

/** What there is to tell of them; null: nothing, also where something was mended since the server warned. */
export function warningOf(
  system: Pick<System, 'certificates' | 'certificateRotation' | 'now'>,
): CertificateWarning | null {
  const ending = system.certificates
    .filter(({ kind, daysLeft }) => daysLeft <= CERTIFICATE_LIMITS[kind].soonDays)
    .sort((a, b) => a.notAfter - b.notAfter)
  const stuck = isStuck(system)
  return ending.length > 0 || stuck ? { ending, isStuck: stuck } : null
}

/** By the server's clock: this machine's may be another. */
function isStuck({
  certificateRotation: rotation,
  now,
}: Pick<System, 'certificateRotation' | 'now'>): boolean {
  if (rotation?.state === 'waiting') return now - rotation.since >= STUCK_MS
  return rotation?.state === 'failed'
}

/** What the server warns of certificates; for internal admins. Null: of nothing. */
export function useCertificateWarning(): Ref<CertificateWarning | null | undefined> {
  const api = useApi()

  async function look(signal: AbortSignal): Promise<CertificateWarning | null> {
    const { warnings } = await api.get('/health', {}, healthSchema, signal)
    if (!warnings.includes('certificate')) return null
    return warningOf(await api.get('/api/admin/system', {}, systemSchema, signal))
  }

  return useQuery({
    queryKey: ['certificateWarning'],
    queryFn: ({ signal }) => look(signal),
    refetchInterval: EVERY_MS,
    retry: false,
  }).data
}
