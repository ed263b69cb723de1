import type { Gateway } from '@/contract/rest'
import type { AgeUnit } from '@/core/time/format-time'

/** A clock this far off puts values where they do not belong. */
const SKEW_MS = 5_000

/** What is known of a gateway beside its state. */
export const GATEWAY_FIELD = {
  version: 'version',
  uptime: 'uptime',
  internet: 'internet',
  mqtt: 'mqtt',
  plcLink: 'plcLink',
  bufferMode: 'bufferMode',
  queued: 'queued',
  clockSkew: 'clockSkew',
  missingSeq: 'missingSeq',
} as const
export type GatewayFieldName = (typeof GATEWAY_FIELD)[keyof typeof GATEWAY_FIELD]

export type GatewayField = {
  name: GatewayFieldName
  /** Worth a look. */
  isAbnormal: boolean
} & (
  { kind: 'text' | 'word'; value: string | null } | { kind: 'count' | 'span'; value: number | null }
)

/** What a gateway last said of itself, and what the server knows of how it sends; null is not known. */
export function gatewayFields(gateway: Gateway): GatewayField[] {
  const { heartbeat, clockSkewMs, missingSeq } = gateway
  const word = (name: GatewayFieldName, value: string | null | undefined): GatewayField => ({
    name,
    kind: 'word',
    value: value ?? null,
    isAbnormal: (value ?? 'ok') !== 'ok',
  })
  const queued = heartbeat?.queuedMessages ?? null
  return [
    word('plcLink', heartbeat?.plcLink),
    word('internet', heartbeat?.internet),
    word('mqtt', heartbeat?.mqtt),
    { ...word('bufferMode', heartbeat?.bufferMode), isAbnormal: false },
    { name: 'queued', kind: 'count', value: queued, isAbnormal: (queued ?? 0) > 0 },
    {
      name: 'clockSkew',
      kind: 'span',
      value: clockSkewMs,
      isAbnormal: Math.abs(clockSkewMs ?? 0) > SKEW_MS,
    },
    { name: 'missingSeq', kind: 'count', value: missingSeq, isAbnormal: (missingSeq ?? 0) > 0 },
    { name: 'version', kind: 'text', value: heartbeat?.version ?? null, isAbnormal: false },
    { name: 'uptime', kind: 'span', value: spanOf(heartbeat?.uptimeSec), isAbnormal: false },
  ]
}

function spanOf(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : seconds * 1_000
}

/** A part of a span, in whole units. */
export interface SpanPart {
  unit: AgeUnit | 'millisecond'
  count: number
}

const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const

/** The two largest units of a span, of which only the first one has a sign: 12 days and 4 hours. */
export function splitSpan(ms: number): SpanPart[] {
  const size = Math.abs(ms)
  const sign = ms < 0 ? -1 : 1
  const first = UNITS.findIndex((each) => size >= each.ms)
  const large = UNITS[first]
  if (!large) return [{ unit: 'millisecond', count: Math.round(ms) }]
  const count = Math.floor(size / large.ms)
  const small = UNITS[first + 1]
  const rest = small ? Math.floor((size - count * large.ms) / small.ms) : 0
  const parts: SpanPart[] = [{ unit: large.unit, count: sign * count }]
  if (small && rest > 0) parts.push({ unit: small.unit, count: rest })
  return parts
}
