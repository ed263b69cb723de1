import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import {
  REJECT_REASONS,
  REJECTION_STATUS,
  type RejectionStatus,
  type RejectReason,
} from '@/contract/quarantine'
import type { QueryParameters } from '@/core/http/api-client'

export const ORDER = { newest: 'desc', oldest: 'asc' } as const
export type Order = (typeof ORDER)[keyof typeof ORDER]

export interface RejectionFilter {
  reason: RejectReason | ''
  status: RejectionStatus | ''
  /** Of the topic: the thing that sent it. */
  gateway: string
  /** Exact, or with `*` for any run of characters. */
  topic: string
  /** Received at or after, in Unix milliseconds. */
  from: number | null
  /** Received before. */
  to: number | null
}

export const NO_FILTER: RejectionFilter = {
  reason: '',
  status: '',
  gateway: '',
  topic: '',
  from: null,
  to: null,
}
const STATUSES = Object.values(REJECTION_STATUS)

export interface RejectionFilterInUrl {
  filter: ComputedRef<RejectionFilter>
  order: ComputedRef<Order>
  isFiltering: ComputedRef<boolean>
  /** Replaces parts of the filter, and nothing else of the address. */
  change: (part: Partial<RejectionFilter>) => void
  changeOrder: (order: Order) => void
}

/** What a filter is to the server. */
export function parametersOf({
  reason,
  status,
  gateway,
  topic,
  from,
  to,
}: RejectionFilter): QueryParameters {
  return {
    reason: reason || undefined,
    status: status || undefined,
    gateway: gateway || undefined,
    topic: topic || undefined,
    from: from === null ? undefined : new Date(from).toISOString(),
    to: to === null ? undefined : new Date(to).toISOString(),
  }
}

export function isEmpty(filter: RejectionFilter): boolean {
  return Object.values(parametersOf(filter)).every((value) => value === undefined)
}

function instant(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

/** The filter lives in the address: it can be kept as a bookmark, sent, and survives a reload. */
export function useRejectionFilter(): RejectionFilterInUrl {
  const route = useRoute()
  const router = useRouter()
  const filter = computed<RejectionFilter>(() => {
    const { reason, status, gateway, topic, from, to } = route.query
    return {
      reason: REJECT_REASONS.find((each) => each === reason) ?? '',
      status: STATUSES.find((each) => each === status) ?? '',
      gateway: typeof gateway === 'string' ? gateway : '',
      topic: typeof topic === 'string' ? topic : '',
      from: instant(from),
      to: instant(to),
    }
  })
  const order = computed(() =>
    route.query['order'] === ORDER.oldest ? ORDER.oldest : ORDER.newest,
  )

  function write(query: LocationQueryRaw): void {
    void router.replace({ query: { ...route.query, ...query } })
  }

  return {
    filter,
    order,
    isFiltering: computed(() => !isEmpty(filter.value)),
    change: (part) => {
      write({ ...parametersOf({ ...filter.value, ...part }) })
    },
    changeOrder: (next) => {
      write({ order: next === ORDER.newest ? undefined : next })
    },
  }
}
