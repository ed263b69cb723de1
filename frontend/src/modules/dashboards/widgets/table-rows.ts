import type { MetricCell } from '@/core/live/live-store'
import type { TableRow } from '@/modules/dashboards/model/options'

export interface ShownRow extends TableRow {
  /** Absent as long as nothing came of it. */
  cell: MetricCell | undefined
}

/** The rows somebody chose, each once; without a choice all metrics of the PLC. */
export function readRows(
  options: { rows: readonly TableRow[]; sort: 'given' | 'name' },
  cells: ReadonlyMap<string, MetricCell>,
): ShownRow[] {
  if (options.rows.length === 0) {
    const all = [...cells.values()]
    return all.map((cell) => ({ metricId: cell.metricId, label: '', decimals: null, cell }))
  }
  const chosen = new Map(options.rows.map((row) => [row.metricId, row]))
  const rows = [...chosen.values()].map((row) => ({ ...row, cell: cells.get(row.metricId) }))
  if (options.sort === 'given') return rows
  const nameOf = (row: ShownRow): string => row.label || row.metricId
  return rows.sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
}
