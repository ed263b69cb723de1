import { onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import type * as v from 'valibot'
import {
  gatewayPageSchema,
  plcPageSchema,
  sitePageSchema,
  type Gateway,
  type Plc,
  type Site,
} from '@/contract/rest'
import type { Page } from '@/contract/common'
import { useApi } from '@/core/http/api-client'

/** Not every letter is worth a question. */
const PAUSE_MS = 150
const MOST = 20

export interface FoundPlaces {
  sites: readonly Site[]
  plcs: readonly Plc[]
  gateways: readonly Gateway[]
}

export interface PlaceSearch {
  /** The last answer; it is about other words while the next one is on its way. */
  places: Readonly<ShallowRef<FoundPlaces>>
  isSearching: Readonly<ShallowRef<boolean>>
  failure: Readonly<ShallowRef<unknown>>
}

const NOTHING: FoundPlaces = { sites: [], plcs: [], gateways: [] }

/**
 * Plants, PLCs and gateways by name. Of several words the server is asked for the first and the last, for people say
 * the plant and then what is in it, or the other way round; who asks leaves out what does not fit them all.
 */
export function usePlaceSearch(words: () => readonly string[]): PlaceSearch {
  const api = useApi()
  const places = shallowRef<FoundPlaces>(NOTHING)
  const isSearching = shallowRef(false)
  const failure = shallowRef<unknown>(null)
  let calls: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(asked: readonly string[]): Promise<void> {
    calls = new AbortController()
    const { signal } = calls
    const find = async <Item>(
      path: string,
      schema: v.GenericSchema<unknown, Page<Item>>,
    ): Promise<Item[]> => {
      const pages = await Promise.all(
        asked.map((search) => api.get(path, { search, limit: MOST }, schema, signal)),
      )
      return pages.flatMap(({ items }) => items)
    }
    try {
      const [sites, plcs, gateways] = await Promise.all([
        find('/api/sites', sitePageSchema),
        find('/api/plcs', plcPageSchema),
        find('/api/gateways', gatewayPageSchema),
      ])
      places.value = { sites, plcs, gateways }
      failure.value = null
    } catch (error) {
      if (signal.aborted) return
      failure.value = error
    }
    isSearching.value = false
  }

  function stop(): void {
    clearTimeout(timer)
    calls?.abort()
  }

  watch(
    () => {
      const all = words()
      return [...new Set([all[0], all.at(-1)])].filter((word) => word !== undefined)
    },
    (asked, before) => {
      if (String(asked) === String(before)) return
      stop()
      isSearching.value = asked.length > 0
      if (asked.length > 0) timer = setTimeout(() => void ask(asked), PAUSE_MS)
      else places.value = NOTHING
    },
    { immediate: true },
  )
  onScopeDispose(stop)

  return {
    places: shallowReadonly(places),
    isSearching: shallowReadonly(isSearching),
    failure: shallowReadonly(failure),
  }
}
