import { useInfiniteQuery } from '@tanstack/vue-query'
import type * as v from 'valibot'
import { computed, type ComputedRef } from 'vue'
import type { Page } from '@/contract/common'
import { useApi, type QueryParameters } from '@/core/http/api-client'

const PAGE_SIZE = 50

export interface Pages<Item> {
  items: ComputedRef<Item[]>
  /** Nothing has been answered yet. */
  isLoading: ComputedRef<boolean>
  /** There is more than was fetched. */
  hasMore: ComputedRef<boolean>
  isFetchingMore: ComputedRef<boolean>
  /** Set only when there is nothing to show instead. */
  error: ComputedRef<Error | null>
  /** Why the next page did not come, while there are others. */
  moreError: ComputedRef<Error | null>
  more: () => void
  refetch: () => void
}

/** A list that the server pages by cursor, fetched page by page as the reader goes on. */
export function usePages<Item>(
  key: string,
  path: () => string,
  schema: v.GenericSchema<unknown, Page<Item>>,
  parameters: () => QueryParameters = () => ({}),
): Pages<Item> {
  const api = useApi()
  const query = useInfiniteQuery({
    queryKey: computed(() => [key, path(), parameters()]),
    queryFn: ({ signal, pageParam }) =>
      api.get(path(), { limit: PAGE_SIZE, ...parameters(), cursor: pageParam }, schema, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Item>) => page.nextCursor ?? undefined,
  })
  return {
    items: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    isLoading: computed(() => query.isPending.value),
    hasMore: computed(() => query.hasNextPage.value),
    isFetchingMore: computed(() => query.isFetchingNextPage.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    moreError: computed(() => (query.data.value ? query.error.value : null)),
    more: () => {
      if (!query.isFetchingNextPage.value) void query.fetchNextPage()
    },
    refetch: () => {
      void query.refetch()
    },
  }
}
