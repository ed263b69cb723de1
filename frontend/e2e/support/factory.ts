/**
 * A small factory in the shapes of the contract: what the REST routes answer and what the WebSocket
 * says. Signals depend on time alone, so that history and live values fit together.
 */
export interface Metric {
  id: string
  dataType: 'float' | 'int' | 'bool' | 'string'
  unit: string | null
  quality?: 'BAD' | 'UNCERTAIN'
  /** Milliseconds between samples. */
  every: number
  /** How far a number swings about its mean. */
  swing?: number
  at: (seconds: number) => number | boolean | string
}

export interface Plc {
  tenant: string
  site: string
  plcId: string
  name: string | null
  metrics: Metric[]
}

const TIME_ZONE = 'America/Argentina/Buenos_Aires'

/** Smooth, repeatable noise between -1 and 1. */
function noise(seconds: number, seed: number): number {
  return (
    0.6 * Math.sin(seconds / 7.3 + seed) +
    0.3 * Math.sin(seconds / 2.9 + seed * 2.1) +
    0.1 * Math.sin(seconds * 1.7 + seed * 5.3)
  )
}

function wave(id: string, unit: string | null, mean: number, swing: number, seed: number): Metric {
  const at = (seconds: number): number =>
    Math.round(
      (mean + swing * Math.sin(seconds / 240 + seed) + 0.15 * swing * noise(seconds, seed)) * 100,
    ) / 100
  return { id, dataType: 'float', unit, every: 1_000, swing, at }
}

function counter(id: string, unit: string | null, from: number, perSecond: number): Metric {
  return {
    id,
    dataType: 'int',
    unit,
    every: 1_000,
    at: (s) => from + Math.floor((s % 1e6) * perSecond),
  }
}

function onOff(id: string, period: number, seed: number): Metric {
  const at = (seconds: number): boolean => Math.sin(seconds / period + seed) > -0.4
  return { id, dataType: 'bool', unit: null, every: 2_000, at }
}

function state(id: string, words: readonly string[], period: number): Metric {
  const at = (seconds: number): string => words[Math.floor(seconds / period) % words.length]!
  return { id, dataType: 'string', unit: null, every: 5_000, at }
}

function oven(seed: number): Metric[] {
  return [
    wave('temp_head', 'celsius', 183.2, 4, seed),
    wave('temp_tail', 'celsius', 176.4, 5, seed + 1),
    wave('humidity', 'percent', 41, 6, seed + 2),
    wave('belt_speed', 'm_s', 1.42, 0.08, seed + 3),
    counter('units_total', 'u', 184_220 + seed * 311, 0.8),
    onOff('burner_on', 40, seed),
    state('recipe', ['GRANOLA-12', 'AVENA-04', 'BARRA-MIEL'], 300),
  ]
}

function compressor(seed: number): Metric[] {
  return [
    wave('pressure_out', 'bar', 7.8, 0.4, seed),
    wave('motor_current', 'ampere', 86, 12, seed + 1),
    wave('oil_temp', 'celsius', 71, 3, seed + 2),
    wave('vibration', 'mm_s', 2.3, 0.7, seed + 3),
    onOff('running', 90, seed),
  ]
}

function tank(seed: number): Metric[] {
  return [
    wave('level', 'percent', 62, 18, seed),
    wave('flow_in', 'm3_h', 12.4, 2, seed + 1),
    wave('temp', 'celsius', 4.6, 0.5, seed + 2),
    onOff('valve_open', 60, seed),
  ]
}

/** Units, names and numbers that are longer than a tile is wide. */
function longOnes(seed: number): Metric[] {
  return [
    wave('recovered_heat_exchanger_outlet_temperature', 'celsius', 183.2, 4, seed),
    counter('energy', 'kilowatt_hour', 912_000_000, 0.2),
    wave('vibration', 'millimetre_per_second', 2.3, 0.7, seed + 1),
    wave('throughput', 'tonne_per_hour', 118, 12, seed + 2),
    counter('total_g', 'gram', 9_007_199_250_000_000, 3),
    wave('unbreakablename', 'sacks_of_flour_per_shift', 41, 6, seed + 3),
    wave('gross', 'sacks_of_flour_per_shift', 123_456_789_012_345, 20, seed + 4),
    state('state', ['RUNNING', 'SETUP', 'CLEANING IN PLACE, SECOND RINSE WITH HOT WATER'], 300),
    onOff('running', 90, seed),
  ]
}

function withQuality(metrics: Metric[], id: string, quality: Metric['quality']): Metric[] {
  return metrics.map((metric) => (metric.id === id && quality ? { ...metric, quality } : metric))
}

export const SITES = [
  site('granix', 'planta-1', 'Planta Pilar', 'ba', 6, 2),
  site('granix', 'planta-2', 'Planta Córdoba', 'cb', 3, 2),
  site('lacteos-sur', 'planta-1', null, 'rn', 6, 1),
]

export const PLCS: Plc[] = [
  plc('granix', 'planta-1', 'plc-01', 'Horno 1', oven(1)),
  plc('granix', 'planta-1', 'plc-02', 'Horno 2', withQuality(oven(2), 'humidity', 'BAD')),
  plc('granix', 'planta-1', 'plc-03', null, [
    ...withQuality(compressor(3), 'vibration', 'UNCERTAIN'),
    counter('energy_pulses', null, 41_000, 3),
  ]),
  plc('granix', 'planta-1', 'plc-04', 'Compresor B', compressor(4)),
  plc('granix', 'planta-1', 'plc-05', 'Silo harina', tank(5)),
  plc('granix', 'planta-1', 'plc-06', 'Mezcladora', [
    ...oven(6),
    ...compressor(16).slice(0, 2),
    wave('torque', 'Nm', 310, 22, 21),
  ]),
  plc('granix', 'planta-2', 'plc-01', 'Línea empaque', compressor(7)),
  plc('granix', 'planta-2', 'plc-02', 'Línea sellado', oven(8)),
  plc('granix', 'planta-2', 'plc-10', null, tank(9)),
  plc('lacteos-sur', 'planta-1', 'plc-01', 'Pasteurizador', tank(10)),
  plc('lacteos-sur', 'planta-1', 'plc-02', 'Tanque frío', withQuality(tank(11), 'level', 'BAD')),
  plc('lacteos-sur', 'planta-1', 'plc-03', null, compressor(12)),
  plc('lacteos-sur', 'planta-1', 'plc-04', null, tank(13)),
  plc('lacteos-sur', 'planta-1', 'caldera-1', 'Caldera de recuperación', longOnes(14)),
  plc('lacteos-sur', 'planta-1', 'caldera-2', null, [
    ...withQuality(withQuality(longOnes(15), 'total_g', 'BAD'), 'state', 'UNCERTAIN').slice(1, 8),
    // Measured once a day: stale at any time.
    {
      ...counter('raw', 'gram', 0, 0),
      every: 86_400_000,
      at: () => -Number.MAX_SAFE_INTEGER,
    },
  ]),
]

export function gateways(now: number): object[] {
  const ago = (ms: number): string => new Date(now - ms).toISOString()
  const heartbeat = (queuedMessages: number, beatAgo = 9_000): object => ({
    state: 'online',
    version: '1.4.2',
    uptimeSec: 93_212,
    internet: 'ok',
    mqtt: 'ok',
    plcLink: 'ok',
    bufferMode: queuedMessages > 0 ? 'disk' : 'memory',
    queuedMessages,
    timestamp: ago(beatAgo),
  })
  return [
    gateway('granix', 'planta-1', 'granix-ba-gw-01', 'online', ago(93_000_000), heartbeat(0)),
    gateway('granix', 'planta-1', 'granix-ba-gw-02', 'online', ago(4_200_000), heartbeat(1_240)),
    gateway(
      'granix',
      'planta-2',
      'granix-cb-gw-01',
      'offline',
      ago(10_800_000),
      heartbeat(0, 10_806_000),
    ),
    gateway('granix', 'planta-2', 'granix-cb-gw-02', 'never_seen', null, null),
    gateway('lacteos-sur', 'planta-1', 'lacteos-rn-gw-01', 'online', ago(600_000), heartbeat(0)),
  ]
}

function site(
  tenant: string,
  code: string,
  name: string | null,
  province: string,
  plcs: number,
  gatewayCount: number,
): object {
  const id = `${tenant}-${code}`
  return {
    id,
    tenant,
    site: code,
    province,
    name,
    timeZone: TIME_ZONE,
    plcs,
    gateways: gatewayCount,
  }
}

function plc(
  tenant: string,
  code: string,
  plcId: string,
  name: string | null,
  metrics: Metric[],
): Plc {
  return { tenant, site: code, plcId, name, metrics }
}

function gateway(
  tenant: string,
  code: string,
  gatewayId: string,
  status: string,
  since: string | null,
  heartbeat: object | null,
): object {
  return {
    id: gatewayId,
    tenant,
    province: 'ba',
    site: code,
    gatewayId,
    name: null,
    status,
    since,
    lastSeen: status === 'online' ? new Date(Date.now() - 2_000).toISOString() : since,
    heartbeat,
    clockSkewMs: 12,
    missingSeq: 0,
  }
}
