import type { Page } from '@playwright/test'

export interface LivePlc {
  /** The page of a PLC, and two of its numbers that differ in what they measure. */
  path: string
  metrics: [string, string]
  /** Its last day is too much for a chart of samples. */
  isOfBuckets: boolean
}

/** A PLC that sends numbers now, with as much history as there is. */
export async function findPlc(page: Page): Promise<LivePlc> {
  const found = await page.evaluate(async () => {
    const ask = async (path: string): Promise<unknown> => (await fetch(path)).json()
    interface Plc {
      tenant: string
      site: string
      plcId: string
    }
    interface State {
      values: Record<string, { dataType: string; unit: string | null; quality: string; ts: string }>
    }
    const { items } = (await ask('/api/plcs?limit=100')) as { items: Plc[] }
    let best: { path: string; metrics: string[]; isOfBuckets: boolean } | null = null
    for (const { tenant, site, plcId } of items) {
      if (best?.isOfBuckets) break
      const state = (await ask(`/api/plcs/${site}/${plcId}/state?tenant=${tenant}`)) as State
      const numbers = Object.entries(state.values).filter(
        ([, { dataType, ts, quality }]) =>
          dataType === 'float' && quality === 'GOOD' && Date.now() - Date.parse(ts) < 10_000,
      )
      const [first] = numbers
      const second = numbers.find(([, { unit }]) => unit !== first?.[1].unit)
      if (!first || !second) continue
      const day = `/api/telemetry/${site}/${plcId}?tenant=${tenant}&metric=${first[0]}&resolution=auto&layout=columns&maxPoints=4000`
      const { resolution } = (await ask(day)) as { resolution: string }
      const isOfBuckets = resolution === 'buckets'
      const metrics = [first[0], second[0]]
      if (!best || isOfBuckets)
        best = { path: `/plc/${tenant}/${site}/${plcId}`, metrics, isOfBuckets }
    }
    return best
  })
  if (!found) throw new Error('no PLC of the stack sends two numbers')
  return found as LivePlc
}
