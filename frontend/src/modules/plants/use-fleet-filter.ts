import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { FleetFilter } from '@/modules/plants/fleet'

export interface FleetFilterInUrl {
  filter: ComputedRef<FleetFilter>
  change: (part: Partial<FleetFilter>) => void
  clear: () => void
}

/** The filter lives in the address: it can be kept as a bookmark, sent, and survives a reload. */
export function useFleetFilter(): FleetFilterInUrl {
  const route = useRoute()
  const router = useRouter()

  const filter = computed<FleetFilter>(() => ({
    tenant: textOf(route.query['tenant']),
    plant: textOf(route.query['plant']),
    text: textOf(route.query['q']),
  }))

  function write({ tenant, plant, text }: FleetFilter): void {
    const query = {
      ...(tenant !== '' && { tenant }),
      ...(plant !== '' && { plant }),
      ...(text !== '' && { q: text }),
    }
    void router.replace({ query })
  }

  return {
    filter,
    change: (part) => {
      write({ ...filter.value, ...part })
    },
    clear: () => {
      write({ tenant: '', plant: '', text: '' })
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
