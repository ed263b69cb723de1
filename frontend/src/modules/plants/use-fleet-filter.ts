import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { GATEWAY_STATUS } from '@/contract/rest'
import type { FleetFilter } from '@/modules/plants/fleet'

/** How plants are shown: with the values of their PLCs, or in a line each. */
export const FLEET_VIEW = { tiles: 'tiles', compact: 'compact' } as const
export type FleetView = (typeof FLEET_VIEW)[keyof typeof FLEET_VIEW]

export interface FleetFilterInUrl {
  filter: ComputedRef<FleetFilter>
  /** What the reader chose; null leaves it to how many plants there are. */
  view: ComputedRef<FleetView | null>
  chooseView: (view: FleetView) => void
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
    status: oneOf(GATEWAY_STATUS, route.query['status']) ?? '',
  }))
  const view = computed(() => oneOf(FLEET_VIEW, route.query['view']))

  function write({ tenant, plant, text, status }: FleetFilter, shown = view.value): void {
    const query = {
      ...(shown && { view: shown }),
      ...(status !== '' && { status }),
      ...(tenant !== '' && { tenant }),
      ...(plant !== '' && { plant }),
      ...(text !== '' && { q: text }),
    }
    void router.replace({ query })
  }

  return {
    filter,
    view,
    chooseView: (next) => {
      write(filter.value, next)
    },
    change: (part) => {
      write({ ...filter.value, ...part })
    },
    clear: () => {
      write({ tenant: '', plant: '', text: '', status: '' })
    },
  }
}

function oneOf<Choice extends string>(
  choices: Readonly<Record<string, Choice>>,
  value: unknown,
): Choice | null {
  return Object.values(choices).find((choice) => choice === value) ?? null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
