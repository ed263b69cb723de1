import { RESOLUTION, telemetryPageSchema, type TelemetryPage } from '@/contract/rest'
import type { ApiClient } from '@/core/http/api-client'
import type { PlcIdentity } from '@/core/live/live-store'
import type { Period, Sample } from '@/core/trend/course'
import { historyPath } from '@/core/trend/history'

const PAGE_LIMIT = 5_000
/** A text has no buckets: of very many samples the oldest are cut, and that is said. */
const MAX_PAGES = 4

/** The samples of a text, oldest first. */
export interface TextSamples {
  samples: Sample[]
  /** There is more in the period than was fetched. */
  isCut: boolean
}

/** Fetches every sample of a metric in a period, whatever order the pages come in. */
export async function fetchTexts(
  api: ApiClient,
  identity: PlcIdentity,
  metricId: string,
  { from, to }: Period,
  signal?: AbortSignal,
): Promise<TextSamples> {
  const samples: Sample[] = []
  let cursor: string | null | undefined
  for (let pages = 0; cursor !== null && pages < MAX_PAGES; pages++) {
    const page: TelemetryPage = await api.get(
      historyPath(identity),
      {
        tenant: identity.tenant,
        metric: metricId,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        resolution: RESOLUTION.raw,
        limit: PAGE_LIMIT,
        cursor: cursor ?? undefined,
      },
      telemetryPageSchema,
      signal,
    )
    if (page.resolution === RESOLUTION.raw) {
      samples.push(...page.items.map(({ ts, value, quality }) => ({ ts, value, quality })))
    }
    cursor = page.nextCursor
  }
  samples.sort((a, b) => a.ts - b.ts)
  return { samples, isCut: cursor !== null }
}

/** Newest first, at most so many; a text that only repeats itself is one state. */
export function changesOf(samples: readonly Sample[], most: number): Sample[] {
  return samples
    .filter((sample, index) => {
      const before = samples[index - 1]
      return before?.value !== sample.value || before.quality !== sample.quality
    })
    .slice(-most)
    .reverse()
}
