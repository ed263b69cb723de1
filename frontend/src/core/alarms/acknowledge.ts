import {
  ACKNOWLEDGED,
  acknowledgedManySchema,
  MOST_ACKNOWLEDGED,
  type AcknowledgeResult,
  type Alarm,
} from '@/contract/alarms'
import type { ApiClient } from '@/core/http/api-client'

/** What became of each, and why the rest of them were not answered for. */
export interface Acknowledgement {
  results: ReadonlyMap<string, AcknowledgeResult>
  failure: unknown
}

/** Takes note of alarms, as many at once as the server takes; none stands in the way of another. */
export async function acknowledge(
  api: Pick<ApiClient, 'post'>,
  ids: readonly string[],
  comment: string,
): Promise<Acknowledgement> {
  const said = comment.trim()
  const results = new Map<string, AcknowledgeResult>()
  for (let start = 0; start < ids.length; start += MOST_ACKNOWLEDGED) {
    const body = {
      ids: ids.slice(start, start + MOST_ACKNOWLEDGED),
      ...(said !== '' && { comment: said }),
    }
    try {
      const answer = await api.post('/api/alarms/acknowledge', body, acknowledgedManySchema)
      for (const { id, result } of answer.results) results.set(id, result)
    } catch (failure) {
      return { results, failure }
    }
  }
  return { results, failure: null }
}

/**
 * The alarm as it is now as far as can be told before the server says it: of its next version, which the live feed
 * brings, this one knows nothing.
 */
export function acknowledgedNow(
  alarm: Alarm,
  result: AcknowledgeResult | undefined,
  by: { email: string | null; at: number; comment: string },
): Alarm {
  if (result === ACKNOWLEDGED.before) return { ...alarm, acknowledged: true }
  if (result !== ACKNOWLEDGED.done) return alarm
  return {
    ...alarm,
    acknowledged: true,
    acknowledgedAt: by.at,
    acknowledgedBy: by.email,
    comment: by.comment.trim() === '' ? null : by.comment.trim(),
  }
}
