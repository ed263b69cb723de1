import { publish } from '../support/stack-broker.ts'

/** The dryer of the demo, about which these pictures are. */
export const DRYER = {
  tenant: 'granix',
  province: 'ba',
  site: 'planta-1',
  gatewayId: 'granix-ba-gw-01',
  plcId: 'plc-03',
} as const

const STEP_S = 10
const HOURS = 24
const MOST_PER_MESSAGE = 500
/** The gateway was cut off for a while, as they are: what it had not read is a gap. */
const CUT_OFF = { fromHour: 15.2, toHour: 15.8 }

/** A shape that repeats, and is a little different each time; `phase` is where it is now. */
function wave(seconds: number, period: number, phase: number): number {
  const slow = Math.sin((2 * Math.PI * seconds) / (period * 7.3))
  return Math.sin((2 * Math.PI * seconds) / period + phase + 0.6 * slow) * (1 + 0.15 * slow)
}

/** What looks like noise and is the same for the same second. */
function noise(seconds: number): number {
  const hash = Math.sin(seconds * 12.9898) * 43_758.5453
  return (hash - Math.floor(hash)) * 2 - 1
}

const round = (value: number, step: number): number =>
  Number((Math.round(value / step) * step).toFixed(2))

/** The metrics of the scenario's dryer, each with its course over the seconds of a day. */
const METRICS = [
  {
    metricId: 'temp_head',
    unit: 'celsius',
    at: (s: number) => round(78 + 12.5 * wave(s, 5_400, -1.6) + 0.4 * noise(s), 0.1),
  },
  {
    metricId: 'temp_exhaust',
    unit: 'celsius',
    at: (s: number) => round(54 + 4.5 * wave(s, 9_000, 0.5) + 0.3 * noise(s), 0.1),
  },
  {
    metricId: 'pressure_bar',
    unit: 'bar',
    at: (s: number) => round(3.4 + 0.9 * wave(s, 21_000, 1.6) + 0.05 * noise(s), 0.01),
  },
  {
    metricId: 'grain_moisture',
    unit: 'percent',
    at: (s: number) => round(13.8 + 0.9 * wave(s, 12_000, 0.3), 0.01),
  },
] as const

/** Sends a day of the dryer's past, in batches like those of a gateway that was cut off. */
export async function sendPast(now: number): Promise<void> {
  const { tenant, province, site, gatewayId, plcId } = DRYER
  const topic = `factory/${tenant}/${province}/${site}/gateway/${gatewayId}/telemetry`
  const samples: object[] = []
  for (let second = -HOURS * 3_600; second < -60; second += STEP_S) {
    const hour = HOURS + second / 3_600
    if (hour > CUT_OFF.fromHour && hour < CUT_OFF.toHour) continue
    for (const { metricId, unit, at } of METRICS) {
      const timestamp = now + second * 1_000
      samples.push({
        plcId,
        metricId,
        timestamp,
        value: at(second),
        dataType: 'float',
        unit,
        quality: 'GOOD',
      })
    }
  }
  const envelope = {
    schemaVersion: 2,
    type: 'telemetry',
    timestamp: now,
    tenant,
    province,
    plant: site,
    gatewayId,
  }
  for (let from = 0; from < samples.length; from += MOST_PER_MESSAGE) {
    await publish(
      topic,
      JSON.stringify({ ...envelope, samples: samples.slice(from, from + MOST_PER_MESSAGE) }),
    )
  }
}
