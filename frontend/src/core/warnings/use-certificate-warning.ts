import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import {
  type Certificate,
  type CertificateRotation,
  healthSchema,
  systemSchema,
} from '@/contract/system'
import { useApi } from '@/core/http/api-client'
import { CERTIFICATE_LIMITS } from '@/core/warnings/certificate-limits'

/** A certificate ends in days, not in minutes. */
const EVERY_MS = 5 * 60_000
/** As the server's. */
const STUCK_MS = 60_000

export interface CertificateWarning {
  /** The first of them to end, of those that end soon; null: they last. */
  first: Pick<Certificate, 'kind' | 'daysLeft'> | null
  /** New files do not come into use. */
  isStuck: boolean
}

function isStuck(rotation: CertificateRotation | null): boolean {
  if (rotation?.state === 'waiting') return Date.now() - rotation.since >= STUCK_MS
  return rotation?.state === 'failed'
}

/** The first to end, of those of which it is time to tell. */
function firstToEnd(certificates: readonly Certificate[]): Certificate | null {
  const soon = certificates.filter(
    ({ kind, daysLeft }) => daysLeft <= CERTIFICATE_LIMITS[kind].soonDays,
  )
  return soon.sort((a, b) => a.daysLeft - b.daysLeft)[0] ?? null
}

/** What the server warns of certificates; for internal admins. Null: of nothing. */
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
    const first = firstToEnd(certificates)
    return { first, isStuck: first === null || isStuck(certificateRotation) }
  }

  return useQuery({
    queryKey: ['certificateWarning'],
    queryFn: ({ signal }) => look(signal),
    refetchInterval: EVERY_MS,
    retry: false,
  }).data
}
