import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { managedPlantPageSchema, type ManagedPlant } from '@/contract/admin'
import { useApi } from '@/core/http/api-client'

export const PLANTS_KEY = 'admin.plants'

/** A plant among all: two tenants may have one of the same code. */
export interface PlantPath {
  tenant: string
  site: string
}

export interface Plants {
  plants: ComputedRef<ManagedPlant[]>
  find: (path: PlantPath) => ManagedPlant | undefined
  nameOf: (path: PlantPath) => string
  /** For a field in which one is chosen, its value as of `keyOf`. */
  choices: (tenant?: string) => { value: string; text: string }[]
}

/** No code has a slash. */
export function keyOf({ tenant, site }: PlantPath): string {
  return `${tenant}/${site}`
}

export function pathOf(key: string): PlantPath {
  const [tenant = '', site = ''] = key.split('/')
  return { tenant, site }
}

/** The plants the reader manages. */
export function usePlants(): Plants {
  const api = useApi()
  const query = useQuery({
    queryKey: [PLANTS_KEY, 'all'],
    queryFn: ({ signal }) => api.list('/api/admin/plants', managedPlantPageSchema, signal),
  })
  const plants = computed(() => query.data.value ?? [])
  const byKey = computed(() => new Map(plants.value.map((plant) => [keyOf(plant), plant])))
  return {
    plants,
    find: (path) => byKey.value.get(keyOf(path)),
    nameOf: (path) => byKey.value.get(keyOf(path))?.name ?? path.site,
    choices: (tenant) =>
      plants.value
        .filter((plant) => !tenant || plant.tenant === tenant)
        .map((plant) => ({
          value: keyOf(plant),
          text: tenant ? nameAndCode(plant) : `${plant.tenant} / ${nameAndCode(plant)}`,
        })),
  }
}

function nameAndCode({ name, site }: ManagedPlant): string {
  return name === null ? site : `${name} (${site})`
}
