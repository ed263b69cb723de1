import type { LiveFilter } from '@/contract/websocket'
import { GATEWAYS_ALONE } from '@/core/live/filters'

/** The server takes at most this many filters in one set. */
const MAX_FILTERS = 200
const EVERYTHING: LiveFilter = {}

/**
 * What the parts of the page want to hear, as one set for the one connection. A part that asks for
 * the empty filter wants everything.
 */
export interface Interests {
  add: (filter: LiveFilter) => () => void
  /** The set to subscribe to. */
  filters: () => readonly LiveFilter[]
  /**
   * The same for the address of the connection, so that the first snapshot is the right one. An
   * address holds one filter: where there are several, no PLC until they are subscribed to.
   */
  query: () => string
}

export function createInterests(onChange: () => void): Interests {
  const wanted = new Set<LiveFilter>()

  function distinct(): LiveFilter[] {
    const byText = new Map<string, LiveFilter>()
    for (const filter of wanted) byText.set(JSON.stringify(filter), filter)
    const filters = [...byText.values()]
    const everything = filters.some((filter) => Object.keys(filter).length === 0)
    return everything || filters.length > MAX_FILTERS ? [] : filters
  }

  return {
    add: (filter) => {
      const entry = { ...filter }
      wanted.add(entry)
      onChange()
      return () => {
        wanted.delete(entry)
        onChange()
      }
    },
    filters: () => {
      if (wanted.size === 0) return []
      const filters = distinct()
      return filters.length === 0 ? [EVERYTHING] : filters
    },
    query: () => {
      const filters = distinct()
      const first = filters.length > 1 ? GATEWAYS_ALONE : filters[0]
      return first ? `?${new URLSearchParams({ ...first }).toString()}` : ''
    },
  }
}
