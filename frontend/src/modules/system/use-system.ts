import { useQuery } from '@tanstack/vue-query'
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { healthSchema, systemSchema } from '@/contract/system'
import { useApi } from '@/core/http/api-client'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { useClock } from '@/core/time/clock'
import { boardOf, boardOfHealth, type Board } from '@/modules/system/board'
import { lookAt, remember, type Look } from '@/modules/system/trail'

export const EVERY_MS = 5_000
/** Looks that may be missed before the page says so. */
const PATIENCE = 3

export interface SystemView {
  board: ComputedRef<Board | null>
  /** When it was asked for, by the server's clock. */
  at: ComputedRef<number | null>
  trail: Readonly<ShallowRef<readonly Look[]>>
  /** The board on the screen is not what it is now. */
  isOld: ComputedRef<boolean>
  /** Why the last look failed, or could be half a look only. */
  failure: ComputedRef<unknown>
  refetch: () => void
}

interface Answer {
  board: Board
  at: number
  /** Why the details are missing. */
  cause: unknown
}

/** How everything is doing, asked again every few seconds while somebody looks; trends live as long as the page. */
export function useSystem(): SystemView {
  const api = useApi()
  const clock = useClock()
  const trail = shallowRef<readonly Look[]>([])

  async function look(signal: AbortSignal): Promise<Answer> {
    try {
      const board = boardOf(await api.get('/api/admin/system', {}, systemSchema, signal))
      if (board) return { board, at: clock.now(), cause: null }
      throw new ApiError(API_FAILURE.status, 'for internal admins alone', { status: 403 })
    } catch (cause) {
      if (signal.aborted || !(cause instanceof ApiError) || !cause.isTransient) throw cause
      // Without the database nobody can be recognised for long; what everybody may know still helps.
      const health = await api.get('/health', {}, healthSchema, signal).catch(() => {
        throw cause
      })
      return { board: boardOfHealth(health), at: clock.now(), cause }
    }
  }

  const query = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => look(signal),
    refetchInterval: EVERY_MS,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })

  watch(
    query.data,
    (answer) => {
      if (answer) trail.value = remember(trail.value, lookAt(answer.board, answer.at))
    },
    { immediate: true },
  )

  const at = computed(() => query.data.value?.at ?? null)
  return {
    board: computed(() => query.data.value?.board ?? null),
    at,
    trail,
    isOld: computed(() => at.value !== null && clock.tick.value - at.value > PATIENCE * EVERY_MS),
    failure: computed(() => query.error.value ?? query.data.value?.cause ?? null),
    refetch: () => {
      void query.refetch()
    },
  }
}
