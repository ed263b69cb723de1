import type { MetricCell } from '@/core/live/live-store'

/** The id of the page's one list of suggestions. */
export const METRIC_LIST_ID = 'dashboard-metrics'

export interface MetricSuggestion {
  metricId: string
  text: string
}

/** Every metric of the PLC, with the unit that tells it from its neighbour. */
export function suggestMetrics(cells: ReadonlyMap<string, MetricCell>): MetricSuggestion[] {
  return [...cells.values()].map(({ metricId, reading }) => ({
    metricId,
    text: reading.value.unit ?? reading.value.dataType,
  }))
}
