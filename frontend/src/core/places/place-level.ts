/** The levels at which a place can be chosen. */
export const PLACE_LEVEL = { tenant: 'tenant', plant: 'plant', plc: 'plc' } as const
export type PlaceLevel = (typeof PLACE_LEVEL)[keyof typeof PLACE_LEVEL]
