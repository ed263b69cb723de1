export const KEYS_KEY = 'admin.keys'

const DAY_MS = 86_400_000
/** A key that ends within this is said to. */
export const SOON_MS = 30 * DAY_MS

/** How long a key may hold, in days. */
export const LASTS = ['ever', '30', '90', '365'] as const
export type Lasts = (typeof LASTS)[number]

/** When a key ends that is made now; null: not by itself. */
export function endOf(lasts: Lasts, now: number): string | null {
  return lasts === 'ever' ? null : new Date(now + Number(lasts) * DAY_MS).toISOString()
}

/** Whether a key holds at `now`, and for long. */
export function lifeOf(expiresAt: number | null, now: number): 'holds' | 'endsSoon' | 'ended' {
  if (expiresAt === null || expiresAt - now > SOON_MS) return 'holds'
  return expiresAt > now ? 'endsSoon' : 'ended'
}
