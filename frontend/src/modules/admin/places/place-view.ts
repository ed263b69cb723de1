/** The lists of the page of places. */
export const PLACE_VIEW = { plants: 'plants', gateways: 'gateways', plcs: 'plcs' } as const
export type PlaceView = (typeof PLACE_VIEW)[keyof typeof PLACE_VIEW]

export function readView(text: unknown): PlaceView {
  return Object.values(PLACE_VIEW).find((view) => view === text) ?? PLACE_VIEW.plants
}

/** Where the messages of a gateway must come in, level by level. */
export function topicOf(
  plant: { tenant: string; province: string; site: string },
  gateway: string,
): string {
  return `factory/${plant.tenant}/${plant.province}/${plant.site}/gateway/${gateway}/telemetry`
}

export const GATEWAYS_KEY = 'admin.gateways'
export const PLCS_KEY = 'admin.plcs'
