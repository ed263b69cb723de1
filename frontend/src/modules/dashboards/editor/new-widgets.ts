import { WIDGET_TYPE, type Options } from '@/contract/dashboards'
import type { MetricCell } from '@/core/live/live-store'
import type { NewWidget } from '@/modules/dashboards/editor/use-editor'
import { MAX_PENS } from '@/core/trend/pen'
import { typeFor, WIDGET_FACTS, type OfferedType } from '@/modules/dashboards/model/widget-types'

/** Each metric as its data type is shown best. */
export const TYPE_BY_DATA = 'by_data'
export type PaletteChoice = OfferedType | typeof TYPE_BY_DATA

/** The widgets that a choice of type and metrics makes. */
export function newWidgets(choice: PaletteChoice, cells: readonly MetricCell[]): NewWidget[] {
  if (choice === TYPE_BY_DATA) {
    return cells.map((cell) => ofMetric(typeFor(cell.reading.value.dataType), cell))
  }
  const { needsMetric, takesMetrics } = WIDGET_FACTS[choice]
  if (needsMetric) return cells.map((cell) => ofMetric(choice, cell))
  return [plain(choice, takesMetrics ? severalOf(choice, cells) : {})]
}

function plain(type: OfferedType, options: Options): NewWidget {
  return { type, label: '', metricId: null, unit: null, dataType: null, options }
}

function ofMetric(type: OfferedType, { metricId, reading }: MetricCell): NewWidget {
  const { unit, dataType } = reading.value
  return { type, label: '', metricId, unit, dataType, options: {} }
}

function severalOf(type: OfferedType, cells: readonly MetricCell[]): Options {
  if (cells.length === 0) return {}
  const metricIds = cells.map(({ metricId }) => ({ metricId }))
  if (type === WIDGET_TYPE.table) return { rows: metricIds }
  const numbers = cells.filter(({ reading }) => reading.value.dataType !== 'bool')
  const units = [...new Set(numbers.slice(0, MAX_PENS).map(({ reading }) => reading.value.unit))]
  // A second unit has an axis of its own; a third one shares it.
  const series = cells.slice(0, MAX_PENS).map(({ metricId, reading }) => ({
    metricId,
    axis: units.indexOf(reading.value.unit) > 0 ? 'right' : 'left',
  }))
  return { series }
}
