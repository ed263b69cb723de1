import {
  RESOLUTION,
  telemetryPageSchema,
  type HourlyRow,
  type RawSample,
  type TelemetryPage,
} from '@/contract/rest'
import type { ApiClient } from '@/core/http/api-client'
import type { PlcIdentity } from '@/core/live/live-store'

const PAGE_LIMIT = 5_000
/** Beyond so many points the server is asked for hours instead, where it keeps them. */
const MAX_RAW_POINTS = 10_000
/** A metric without hours may still have more: it would not load in a moment, so it is cut and said so. */
const MAX_PAGES = 4

export type Sample = Pick<RawSample, 'ts' | 'value' | 'quality'>

/** What the server keeps of a metric in a period, oldest first. */
export type History = (
  | { resolution: typeof RESOLUTION.raw; samples: Sample[] }
  | { resolution: typeof RESOLUTION.hourly; rows: HourlyRow[] }
) & {
  /** There is more in the period than was fetched. */
  cut: boolean
}

export interface HistoryRequest extends PlcIdentity {
  metricId: string
  from: number
  to: number
}

export async function fetchHistory(
  api: ApiClient,
  { tenant, site, plcId, metricId, from, to }: HistoryRequest,
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
        resolution: 'auto',
        limit: PAGE_LIMIT,
        maxPoints: MAX_RAW_POINTS,
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
  const rows: HourlyRow[] = []
  for (const page of pages) {
    if (page.resolution === RESOLUTION.raw) samples.push(...page.items.filter(isOfMetric))
    else rows.push(...page.items.filter(isOfMetric))
  }
  if (rows.length > 0) {
    rows.sort((a, b) => a.hour - b.hour)
    return { resolution: RESOLUTION.hourly, rows, cut }
  }
  samples.sort((a, b) => a.ts - b.ts)
  const resolution = pages[0]?.resolution
  if (resolution === RESOLUTION.hourly) return { resolution, rows, cut }
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
