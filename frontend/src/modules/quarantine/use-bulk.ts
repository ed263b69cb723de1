import { useQueryClient } from '@tanstack/vue-query'
import {
  removedRejectionsSchema,
  requestedReplaysSchema,
  type RequestedReplays,
} from '@/contract/quarantine'
import { useApi } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'
import { COUNTS_KEY, REJECTIONS_PATH } from '@/modules/quarantine/use-counts'
import { parametersOf, type RejectionFilter } from '@/modules/quarantine/use-rejection-filter'

/** As many as the server does at a time. */
export const MOST_REPLAYED = 100_000
const MOST_NAMED = 1_000
const MOST_DELETED = 10_000

export const REJECTIONS_KEY = 'rejections'
export const REJECTION_KEY = 'rejection'

export interface Bulk {
  replayNamed: (ids: readonly string[]) => Promise<RequestedReplays>
  /** Those of them that are open: the others were taken, or are to be. */
  replayMatching: (filter: RejectionFilter) => Promise<RequestedReplays>
  /** Deletes one after another, and tells after each how many are gone. */
  deleteNamed: (ids: readonly string[], onProgress: (gone: number) => void) => Promise<void>
  /** Deletes all that match, and tells how many are gone. */
  deleteMatching: (filter: RejectionFilter, onProgress: (gone: number) => void) => Promise<void>
  /** What is on screen is no longer so. */
  refresh: () => Promise<void>
}

function sum(parts: readonly RequestedReplays[]): RequestedReplays {
  const of = (count: (part: RequestedReplays) => number): number =>
    parts.reduce((total, part) => total + count(part), 0)
  return {
    matched: of((part) => part.matched),
    requested: of((part) => part.requested),
    waiting: of((part) => part.waiting),
    replayed: of((part) => part.replayed),
    messages: of((part) => part.messages),
    hasMore: parts.some((part) => part.hasMore),
  }
}

/** Replays and deletes many entries. */
export function useBulk(): Bulk {
  const api = useApi()
  const queries = useQueryClient()

  return {
    replayNamed: async (ids) => {
      const parts: RequestedReplays[] = []
      for (let at = 0; at < ids.length; at += MOST_NAMED) {
        const body = { ids: ids.slice(at, at + MOST_NAMED) }
        parts.push(await api.post(`${REJECTIONS_PATH}/replay`, body, requestedReplaysSchema))
      }
      return sum(parts)
    },
    replayMatching: (filter) => {
      const body = { ...parametersOf(filter), status: undefined, limit: MOST_REPLAYED }
      return api.post(`${REJECTIONS_PATH}/replay`, body, requestedReplaysSchema)
    },
    deleteNamed: async (ids, onProgress) => {
      let gone = 0
      for (const id of ids) {
        try {
          await api.send('DELETE', `${REJECTIONS_PATH}/${id}`)
        } catch (error) {
          // Somebody else was faster.
          if (!(error instanceof ApiError) || error.status !== 404) throw error
        }
        onProgress((gone += 1))
      }
    },
    deleteMatching: async (filter, onProgress) => {
      const parameters = { ...parametersOf(filter), limit: MOST_DELETED }
      let gone = 0
      for (;;) {
        const answer = await api.remove(REJECTIONS_PATH, parameters, removedRejectionsSchema)
        onProgress((gone += answer.deleted))
        if (!answer.hasMore || answer.deleted === 0) return
      }
    },
    refresh: async () => {
      await Promise.all(
        [REJECTIONS_KEY, REJECTION_KEY, COUNTS_KEY].map((key) =>
          queries.invalidateQueries({ queryKey: [key] }),
        ),
      )
    },
  }
}
