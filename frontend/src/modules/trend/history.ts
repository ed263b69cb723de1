import type { DataType } from '@/contract/common'
import {
  RESOLUTION,
  telemetryPageSchema,
  type BucketRow,
  type RawSample,
  type TelemetryPage,
} from '@/contract/rest'
import type { ApiClient } from '@/core/http/api-client'
import type { PlcIdentity } from '@/core/live/live-store'

const PAGE_LIMIT = 5_000
/** About two for each pixel of a wide chart; of more samples the server makes buckets of time. */
const MAX_POINTS = 4_000
/** A text has no buckets: of very many changes some are cut, and that is said. */
const MAX_PAGES = 4
const HOUR_SECONDS = 3_600

export type Sample = Pick<RawSample, 'ts' | 'value' | 'quality'>

/** What the server keeps of a metric in a period, oldest first. */
export type History = (
  | { resolution: typeof RESOLUTION.raw; samples: Sample[] }
  | { resolution: typeof RESOLUTION.buckets; rows: BucketRow[]; bucketSeconds: number }
) & {
  /** There is more in the period than was fetched. */
  cut: boolean
}

export interface HistoryRequest extends PlcIdentity {
  metricId: string
  dataType: DataType | undefined
  from: number
  to: number
}

export async function fetchHistory(
  api: ApiClient,
  { tenant, site, plcId, metricId, dataType, from, to }: HistoryRequest,
  signal?: AbortSignal,
): Promise<History> {
  const path = `/api/telemetry/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}`
  const pages: TelemetryPage[] = []
  let cursor: string | null | undefined
  do {
    const page = await api.get(
      path,
      {
        tenant,
        metric: metricId,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        ...(dataType === 'string'
          ? { resolution: RESOLUTION.raw, limit: PAGE_LIMIT }
          : { resolution: 'auto', maxPoints: MAX_POINTS }),
        cursor: cursor ?? undefined,
      },
      telemetryPageSchema,
      signal,
    )
    pages.push(page)
    cursor = page.nextCursor
  } while (cursor !== null && pages.length < MAX_PAGES)
  return joinPages(pages, metricId, cursor !== null)
}

/** Whatever order the pages and their items come in. */
export function joinPages(
  pages: readonly TelemetryPage[],
  metricId: string,
  cut: boolean,
): History {
  const samples: Sample[] = []
  const rows: BucketRow[] = []
  let bucketSeconds: number | undefined
  for (const page of pages) {
    if (page.resolution === RESOLUTION.raw) {
      samples.push(...page.items.filter(isOfMetric))
    } else if (page.resolution === RESOLUTION.hourly) {
      bucketSeconds = HOUR_SECONDS
      const ofMetric = page.items.filter(isOfMetric)
      rows.push(...ofMetric.map(({ hour, ...figures }) => ({ start: hour, ...figures })))
    } else {
      bucketSeconds = page.bucketSeconds
      rows.push(...page.items.filter(isOfMetric))
    }
  }
  if (bucketSeconds !== undefined) {
    rows.sort((a, b) => a.start - b.start)
    return { resolution: RESOLUTION.buckets, rows, bucketSeconds, cut }
  }
  samples.sort((a, b) => a.ts - b.ts)
  return { resolution: RESOLUTION.raw, samples, cut }

  function isOfMetric(item: { metricId: string }): boolean {
    return item.metricId === metricId
  }
}

/**
 * Stored and live samples as one, oldest first, each time once, from `from` on. A sample that is in
 * both is taken from history: that is what was committed.
 */
export function mergeSamples(
  stored: readonly Sample[],
  live: readonly Sample[],
  from: number,
): Sample[] {
  const byTime = new Map<number, Sample>()
  for (const sample of live) if (sample.ts >= from) byTime.set(sample.ts, sample)
  for (const sample of stored) if (sample.ts >= from) byTime.set(sample.ts, sample)
  const merged = [...byTime.values()]
  return isSorted(merged) ? merged : merged.sort((a, b) => a.ts - b.ts)
}

function isSorted(samples: readonly Sample[]): boolean {
  return samples.every((sample, index) => index === 0 || samples[index - 1]!.ts <= sample.ts)
}
