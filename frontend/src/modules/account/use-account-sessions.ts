import { useQuery } from '@tanstack/vue-query'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { accountSessionPageSchema, type AccountSession } from '@/contract/account'
import { useApi } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'

export const SESSIONS_KEY = ['account', 'sessions'] as const

export interface AccountSessions {
  /** This session first, then the one used last. */
  sessions: ComputedRef<AccountSession[]>
  isLoading: ComputedRef<boolean>
  /** Set only when there is nothing to show instead. */
  error: ComputedRef<Error | null>
  retry: () => void
  /** The one that is being signed out. */
  leaving: Readonly<ShallowRef<string | null>>
  /** Why the last sign-out failed. */
  failure: Readonly<ShallowRef<unknown>>
  signOut: (id: string) => Promise<void>
}

/** Where the reader is logged in. */
export function useAccountSessions(): AccountSessions {
  const api = useApi()
  const leaving = shallowRef<string | null>(null)
  const failure = shallowRef<unknown>(null)
  const query = useQuery({
    queryKey: SESSIONS_KEY,
    queryFn: ({ signal }) => api.get('/api/auth/sessions', {}, accountSessionPageSchema, signal),
    // A list of who is in is looked at for what it says now.
    staleTime: 0,
  })

  async function signOut(id: string): Promise<void> {
    if (leaving.value !== null) return
    leaving.value = id
    failure.value = null
    try {
      await api.send('DELETE', `/api/auth/sessions/${encodeURIComponent(id)}`)
    } catch (error) {
      // One that is gone already is no failure; the list will show it.
      if (!(error instanceof ApiError && error.status === 404)) failure.value = error
    }
    await query.refetch()
    leaving.value = null
  }

  return {
    sessions: computed(() => inOrder(query.data.value?.items ?? [])),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    retry: () => {
      void query.refetch()
    },
    leaving,
    failure,
    signOut,
  }
}

export function inOrder(sessions: readonly AccountSession[]): AccountSession[] {
  const lastUse = ({ lastUsedAt, createdAt }: AccountSession): number => lastUsedAt ?? createdAt
  return [...sessions].sort(
    (a, b) => Number(b.current) - Number(a.current) || lastUse(b) - lastUse(a),
  )
}
