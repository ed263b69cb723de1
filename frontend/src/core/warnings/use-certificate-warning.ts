import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { type CertificateRotation, healthSchema, systemSchema } from '@/contract/system'
import { useApi } from '@/core/http/api-client'

/** A certificate ends in days, not in minutes. */
const EVERY_MS = 5 * 60_000
/** As the server's. */
const SOON_DAYS = 30
const STUCK_MS = 60_000

export interface CertificateWarning {
  /** Until the first of them ends; null: they last. */
  daysLeft: number | null
  /** New files do not come into use. */
  isStuck: boolean
}

function isStuck(rotation: CertificateRotation | null): boolean {
  if (rotation?.state === 'waiting') return Date.now() - rotation.since >= STUCK_MS
  return rotation?.state === 'failed'
}

/** What the server warns of the certificates of its connection to the broker; for internal admins. Null: of nothing. */
export function useCertificateWarning(): Ref<CertificateWarning | null | undefined> {
  const api = useApi()

  async function look(signal: AbortSignal): Promise<CertificateWarning | null> {
    const { warnings } = await api.get('/health', {}, healthSchema, signal)
    if (!warnings.includes('certificate')) return null
    const { certificates, certificateRotation } = await api.get(
      '/api/admin/system',
      {},
      systemSchema,
      signal,
    )
    const daysLeft = Math.min(...certificates.map((each) => each.daysLeft))
    return daysLeft <= SOON_DAYS
      ? { daysLeft, isStuck: isStuck(certificateRotation) }
      : { daysLeft: null, isStuck: true }
  }

  return useQuery({
    queryKey: ['certificateWarning'],
    queryFn: ({ signal }) => look(signal),
    refetchInterval: EVERY_MS,
    retry: false,
  }).data
}
