import { telemetryColumnsSchema } from '@/contract/history'
import { RESOLUTION } from '@/contract/rest'
import type { ApiClient } from '@/core/http/api-client'
import type { PlcIdentity } from '@/core/live/live-store'
import { COURSE_KIND, EMPTY_COURSE, type Course, type Period } from '@/core/trend/course'

/** A chart of some metrics of a PLC. */
export interface HistoryRequest extends Period {
  identity: PlcIdentity
  metricIds: readonly string[]
  /** Of each metric, at most. */
  maxPoints: number
  /** By whose days and hours buckets are cut; the plant's, if left out. */
  timeZone: string | undefined
}

/** Where the history of a PLC is asked for. */
export function historyPath({ site, plcId }: PlcIdentity): string {
  return `/api/telemetry/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}`
}

/** What the server keeps of each metric in a period: samples, or buckets if they are many. */
export async function fetchCourses(
  api: ApiClient,
  { identity, metricIds, from, to, maxPoints, timeZone }: HistoryRequest,
  signal?: AbortSignal,
): Promise<Map<string, Course>> {
  const answer = await api.get(
    historyPath(identity),
    {
      tenant: identity.tenant,
      metric: metricIds.join(','),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      resolution: 'auto',
      layout: 'columns',
      maxPoints,
      tz: timeZone,
    },
    telemetryColumnsSchema,
    signal,
  )
  const courses = new Map<string, Course>(metricIds.map((metricId) => [metricId, EMPTY_COURSE]))
  if (answer.resolution === RESOLUTION.raw) {
    for (const { metricId, times, values, qualities } of answer.columns) {
      courses.set(metricId, { kind: COURSE_KIND.samples, times, values, qualities })
    }
    return courses
  }
  const bucketMs = answer.bucketSeconds * 1_000
  for (const { metricId, source, times, min, max, avg, count, nonGood } of answer.columns) {
    const isFromHours = source === 'hourly'
    const figures = { times, min, max, avg, count, nonGood }
    courses.set(metricId, { kind: COURSE_KIND.buckets, bucketMs, isFromHours, ...figures })
  }
  return courses
}
