import { fold } from '@/core/format/fold'
import type { Gateway, GatewayStatus, Plc, Site } from '@/contract/rest'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'

export interface FleetPlc extends PlcIdentity {
  key: string
  name: string | null
  /** Of its newest sample, when it was listed. */
  lastTs: number | null
}

/** A plant with what stands in it. */
export interface Plant {
  key: string
  tenant: string
  site: string
  name: string | null
  province: string | null
  timeZone: string | null
  plcs: readonly FleetPlc[]
}

export interface FleetFilter {
  tenant: string
  plant: string
  text: string
  /** Only plants with a gateway that is so; any, if empty. */
  status: GatewayStatus | ''
}

export function plantKey(place: { tenant: string; site: string }): string {
  return `${place.tenant}/${place.site}`
}

const NAME_ORDER = new Intl.Collator('es', { numeric: true })

/**
 * Plants and their PLCs from the lists of the server and from the PLCs that live data came from:
 * a PLC that appeared a second ago is in no list yet.
 */
export function groupFleet(
  sites: readonly Site[],
  plcs: readonly Plc[],
  roster: readonly PlcIdentity[],
): Plant[] {
  const plants = new Map<string, Plant & { plcs: FleetPlc[] }>()
  const plantOf = (place: { tenant: string; site: string }): Plant & { plcs: FleetPlc[] } => {
    const key = plantKey(place)
    let plant = plants.get(key)
    if (!plant) {
      const { tenant, site } = place
      plant = { key, tenant, site, name: null, province: null, timeZone: null, plcs: [] }
      plants.set(key, plant)
    }
    return plant
  }

  for (const site of sites) {
    const { name, province, timeZone } = site
    Object.assign(plantOf(site), { name, province, timeZone })
  }
  const seen = new Set<string>()
  const add = (identity: PlcIdentity, name: string | null, lastTs: number | null): void => {
    const key = plcKey(identity)
    if (seen.has(key)) return
    seen.add(key)
    const { tenant, site, plcId } = identity
    plantOf(identity).plcs.push({ key, tenant, site, plcId, name, lastTs })
  }
  for (const plc of plcs) add(plc, plc.name, plc.lastTs)
  for (const identity of roster) add(identity, null, null)

  const groups = [...plants.values()]
  for (const plant of groups) plant.plcs.sort((a, b) => NAME_ORDER.compare(a.plcId, b.plcId))
  return groups.sort(
    (a, b) => NAME_ORDER.compare(a.tenant, b.tenant) || NAME_ORDER.compare(a.site, b.site),
  )
}

/** A text that names a plant or tenant keeps all of it; otherwise only the PLCs it names. */
export function filterFleet(
  plants: readonly Plant[],
  filter: FleetFilter,
  gateways: ReadonlyMap<string, readonly Gateway[]> = new Map(),
): Plant[] {
  const text = fold(filter.text.trim())
  const shown: Plant[] = []
  for (const plant of plants) {
    if (filter.tenant !== '' && plant.tenant !== filter.tenant) continue
    if (filter.plant !== '' && plant.site !== filter.plant) continue
    const ofPlant = gateways.get(plant.key) ?? []
    if (filter.status !== '' && !ofPlant.some(({ status }) => status === filter.status)) continue
    const plantText = fold(`${plant.tenant} ${plant.site} ${plant.name ?? ''}`)
    if (text === '' || plantText.includes(text)) {
      shown.push(plant)
      continue
    }
    const plcs = plant.plcs.filter((plc) => fold(`${plc.plcId} ${plc.name ?? ''}`).includes(text))
    if (plcs.length > 0) shown.push({ ...plant, plcs })
  }
  return shown
}

export function groupGateways(gateways: readonly Gateway[]): Map<string, Gateway[]> {
  const groups = new Map<string, Gateway[]>()
  for (const gateway of gateways) {
    const key = plantKey(gateway)
    const group = groups.get(key)
    if (group) group.push(gateway)
    else groups.set(key, [gateway])
  }
  for (const group of groups.values()) {
    group.sort((a, b) => NAME_ORDER.compare(a.gatewayId, b.gatewayId))
  }
  return groups
}
