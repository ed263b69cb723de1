import type { DataType, MetricValue, Quality } from '@/contract/common'
import type { PlcState } from '@/contract/rest'
import type { TelemetryMessage } from '@/contract/websocket'
import { decimalsOf, inferDataType, isOfType } from '@/core/format/format-value'
import type { Reading } from '@/core/reading/reading'

/** A sample as some message stated it; what the message left out is undefined. */
export interface Statement {
  value: MetricValue
  ts: number
  quality: Quality | undefined
  unit: string | null | undefined
  dataType: DataType | null | undefined
}

export function statementsOf(message: TelemetryMessage): Map<string, Statement> {
  const statements = new Map<string, Statement>()
  for (const [metricId, value] of Object.entries(message.values)) {
    statements.set(metricId, {
      value,
      ts: message.times[metricId] ?? message.ts,
      quality: message.quality[metricId],
      unit: message.unit[metricId],
      dataType: message.dataType[metricId],
    })
  }
  return statements
}

export function statementsOfState(state: PlcState): Map<string, Statement> {
  return new Map(Object.entries(state.values))
}

/**
 * The reading after a statement. Live state never goes back in time, whatever order a snapshot and
 * changes arrive in; at equal times the later word holds (the server corrects from its commit).
 */
export function mergeReading(
  metricId: string,
  current: Reading | undefined,
  next: Statement,
): Reading | undefined {
  if (current && next.ts < current.ts) return current
  const stated = next.dataType ?? current?.dataType
  return {
    metricId,
    value: next.value,
    ts: next.ts,
    quality: next.quality ?? 'GOOD',
    unit: next.unit === undefined ? (current?.unit ?? null) : next.unit,
    dataType: stated && isOfType(next.value, stated) ? stated : inferDataType(next.value),
    decimals: Math.max(current?.decimals ?? 0, decimalsOf(next.value)),
  }
}
