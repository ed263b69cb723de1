import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export type Filters<Name extends string> = Record<Name, string>

export interface QueryFilters<Name extends string> {
  /** Empty where nothing is asked for. */
  filters: ComputedRef<Filters<Name>>
  isFiltered: ComputedRef<boolean>
  change: (part: Partial<Filters<Name>>) => void
  clear: () => void
}

/** The filters of a list live in the address: they can be kept, sent, and survive a reload. */
export function useQueryFilters<Name extends string>(names: readonly Name[]): QueryFilters<Name> {
  const route = useRoute()
  const router = useRouter()
  const filters = computed(
    () =>
      Object.fromEntries(names.map((name) => [name, textOf(route.query[name])])) as Filters<Name>,
  )

  function write(next: Partial<Filters<Name>>): void {
    const query = { ...route.query }
    for (const name of names) {
      const text = next[name] ?? ''
      if (text === '') Reflect.deleteProperty(query, name)
      else query[name] = text
    }
    void router.replace({ query })
  }

  return {
    filters,
    isFiltered: computed(() => names.some((name) => filters.value[name] !== '')),
    change: (part) => {
      write({ ...filters.value, ...part })
    },
    clear: () => {
      write({})
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What is asked for, as parameters of a call: the server refuses those that are there and empty. */
export function asked<Name extends string>(
  filters: Filters<Name>,
): Record<Name, string | undefined> {
  return Object.fromEntries(
    Object.entries<string>(filters).map(([name, text]) => [name, text === '' ? undefined : text]),
  ) as Record<Name, string | undefined>
}
