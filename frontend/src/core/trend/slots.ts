import { MAX_PENS } from '@/core/trend/pen'

/**
 * Which metric each pen draws; null is a pen that is free. A metric keeps its colour when another
 * one is removed, and that is in the address too: `temp_head,,level` leaves the second pen out.
 */
export type Slots = readonly (string | null)[]

/** What a metric may be called; anything else in an address is no metric. */
const METRIC_ID = /^[A-Za-z0-9._:-]{1,128}$/

/** Reads them from an address, which anybody may have written. */
export function readSlots(text: unknown): Slots {
  const texts = (Array.isArray(text) ? text : [text]).filter((each) => typeof each === 'string')
  const slots: (string | null)[] = []
  for (const metricId of texts.join(',').split(',')) {
    slots.push(METRIC_ID.test(metricId) && !slots.includes(metricId) ? metricId : null)
  }
  return trimmed(slots.slice(0, MAX_PENS))
}

/** Writes them for an address. */
export function writeSlots(slots: Slots): string {
  return trimmed(slots)
    .map((metricId) => metricId ?? '')
    .join(',')
}

/** With this metric, in the first pen that is free; unchanged when none is. */
export function withMetric(slots: Slots, metricId: string): Slots {
  if (slots.includes(metricId)) return slots
  const free = slots.indexOf(null)
  if (free >= 0) return slots.map((each, slot) => (slot === free ? metricId : each))
  return slots.length < MAX_PENS ? [...slots, metricId] : slots
}

/** Without it. */
export function withoutMetric(slots: Slots, metricId: string): Slots {
  return trimmed(slots.map((each) => (each === metricId ? null : each)))
}

/** The metrics, in the order of their pens. */
export function metricsOf(slots: Slots): string[] {
  return slots.filter((metricId) => metricId !== null)
}

function trimmed(slots: Slots): Slots {
  return slots.slice(0, slots.findLastIndex((metricId) => metricId !== null) + 1)
}
