import type { Certificate, Connection, Mqtt } from '@/contract/system'
import { CERTIFICATE_LIMITS } from '@/core/warnings/certificate-limits'
import type { Board } from '@/modules/system/board'
import {
  ERRORS_MS,
  LAG_WATCH_MS,
  LAG_WRONG_MS,
  RATE_WATCH,
  REJECTED_AMONG,
  REJECTED_WATCH,
  ROTATION_WATCH_MS,
  SILENCE_WATCH_MS,
  SPOOL_WATCH,
  SPOOL_WRONG,
  WINDOW_LOOKS,
  WINDOW_WATCH,
} from '@/modules/system/limits'
import { growthOf, type Look } from '@/modules/system/trail'

/** From least to most. */
export const LEVELS = ['ok', 'watch', 'wrong'] as const
export type Level = (typeof LEVELS)[number]

/** The parts of the page, which findings point at. */
export const AREA = {
  ingest: 'ingest',
  broker: 'broker',
  spool: 'spool',
  storage: 'storage',
  history: 'history',
  backup: 'backup',
  certificates: 'certificates',
  process: 'process',
  errors: 'errors',
} as const
export type Area = (typeof AREA)[keyof typeof AREA]

export const FINDINGS = [
  'partial',
  'standby',
  'starting',
  'brokerDown',
  'brokerPartly',
  'refused',
  'overRate',
  'nearRate',
  'windowFull',
  'reconnecting',
  'missing',
  'lagging',
  'silent',
  'rejecting',
  'databaseDown',
  'spoolFilling',
  'spoolDraining',
  'spoolFull',
  'spoolFailed',
  'storageFilling',
  'storageFull',
  'backupLate',
  'backupUnverified',
  'backupFailed',
  'notArchived',
  'certificate',
  'rotationFailed',
  'rotationWaiting',
  'errors',
] as const
export type FindingCode = (typeof FINDINGS)[number]

/** Something that is not as it should be: what, and where on the page it stands. */
export interface Finding {
  level: Exclude<Level, 'ok'>
  area: Area
  code: FindingCode
  /** What it is about: a connection, a certificate. */
  of?: string
  /** How many, or how much. */
  count?: number
  /** Of a certificate. */
  kind?: Certificate['kind']
}

/** What is not as it should be, the worst first. `now` is the server's. */
export function diagnose(board: Board, trail: readonly Look[], now: number): Finding[] {
  const found = [
    ...ofProcess(board),
    ...ofDatabase(board),
    ...ofSpool(board),
    ...(board.role === 'active' ? ofBroker(board.mqtt, trail) : []),
    ...(board.role === 'active' ? ofIngest(board, trail, now) : []),
    ...ofStorage(board),
    ...ofBackup(board),
    ...ofCertificates(board),
    ...ofRotation(board, now),
    ...ofErrors(board, now),
  ]
  return found.sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level))
}

/** The worst of some findings. */
export function levelOf(findings: readonly Finding[], area?: Area): Level {
  const levels = findings
    .filter((finding) => area === undefined || finding.area === area)
    .map(({ level }) => level)
  if (levels.includes('wrong')) return 'wrong'
  return levels.includes('watch') ? 'watch' : 'ok'
}

function ofProcess({ isPartial, role }: Board): Finding[] {
  return [
    ...(isPartial ? [finding('wrong', AREA.process, 'partial')] : []),
    ...(role === 'standby' ? [finding('watch', AREA.process, 'standby')] : []),
    ...(role === 'starting' ? [finding('watch', AREA.process, 'starting')] : []),
  ]
}

function ofDatabase({ database }: Board): Finding[] {
  return database.state === 'up' ? [] : [finding('wrong', AREA.storage, 'databaseDown')]
}

function ofSpool({ spool, role }: Board): Finding[] {
  const share = spool.maxBytes > 0 ? spool.bytes / spool.maxBytes : 0
  if (spool.state === 'full') return [finding('wrong', AREA.spool, 'spoolFull')]
  if (spool.state === 'failed' || (spool.state === 'closed' && role === 'active')) {
    return [finding('wrong', AREA.spool, 'spoolFailed')]
  }
  if (spool.state === 'draining' && share < SPOOL_WATCH) {
    return [finding('watch', AREA.spool, 'spoolDraining', { count: spool.entries })]
  }
  const isFilling = spool.state === 'filling' || share >= SPOOL_WATCH
  const level = share >= SPOOL_WRONG ? 'wrong' : 'watch'
  return isFilling ? [finding(level, AREA.spool, 'spoolFilling', { count: spool.entries })] : []
}

function ofBroker(mqtt: Mqtt, trail: readonly Look[]): Finding[] {
  const overall: Finding[] =
    mqtt.state === 'connected'
      ? []
      : mqtt.state === 'partial'
        ? [finding('watch', AREA.broker, 'brokerPartly')]
        : [finding('wrong', AREA.broker, 'brokerDown')]
  const reconnects = growthOf(trail, (look) => look.reconnects)
  const missing = growthOf(trail, (look) => look.missing)
  return [
    ...overall,
    ...mqtt.connections.flatMap((connection) => ofConnection(connection, trail)),
    ...(reconnects > 1
      ? [finding('watch', AREA.broker, 'reconnecting', { count: reconnects })]
      : []),
    ...(missing > 0 ? [finding('watch', AREA.broker, 'missing', { count: missing })] : []),
  ]
}

function ofConnection(connection: Connection, trail: readonly Look[]): Finding[] {
  const { clientId: of, rate, rateLimit, subscriptions } = connection
  const isRefused = subscriptions.some(({ state }) => state.startsWith('refused'))
  const found: Finding[] = []
  if (isRefused) found.push(finding('wrong', AREA.broker, 'refused', { of }))
  if (rate >= rateLimit) found.push(finding('wrong', AREA.broker, 'overRate', { of, count: rate }))
  else if (rate >= RATE_WATCH * rateLimit) {
    found.push(finding('watch', AREA.broker, 'nearRate', { of, count: rate }))
  }
  if (isFull(connection, trail)) found.push(finding('watch', AREA.broker, 'windowFull', { of }))
  return found
}

function isFull({ clientId, window }: Connection, trail: readonly Look[]): boolean {
  const last = trail.slice(-WINDOW_LOOKS)
  return (
    last.length === WINDOW_LOOKS &&
    last.every((look) => (look.connections[clientId]?.inFlight ?? 0) >= WINDOW_WATCH * window)
  )
}

function ofIngest({ ingest, mqtt }: Board, trail: readonly Look[], now: number): Finding[] {
  if (!ingest) return []
  const found: Finding[] = []
  const { lagMs, lastMessageAt } = ingest
  if (lagMs !== null && lagMs >= LAG_WATCH_MS) {
    const level = lagMs >= LAG_WRONG_MS ? 'wrong' : 'watch'
    found.push(finding(level, AREA.ingest, 'lagging', { count: lagMs }))
  }
  const silence = now - (lastMessageAt ?? mqtt.connections[0]?.since ?? now)
  if (mqtt.state !== 'down' && silence >= SILENCE_WATCH_MS) {
    found.push(finding('watch', AREA.ingest, 'silent', { count: silence }))
  }
  const received = growthOf(trail, (look) => look.received)
  const failed = growthOf(trail, (look) => look.failed)
  if (received >= REJECTED_AMONG && failed / received >= REJECTED_WATCH) {
    const count = Math.round((failed / received) * 100)
    found.push(finding('watch', AREA.ingest, 'rejecting', { count }))
  }
  return found
}

function ofStorage({ storage }: Board): Finding[] {
  if (storage?.state === 'full') return [finding('wrong', AREA.storage, 'storageFull')]
  return storage?.state === 'filling' ? [finding('watch', AREA.storage, 'storageFilling')] : []
}

function ofBackup({ backup }: Board): Finding[] {
  switch (backup?.state) {
    case 'late':
      return [finding('watch', AREA.backup, 'backupLate')]
    case 'unverified':
      return [finding('watch', AREA.backup, 'backupUnverified')]
    case 'failed':
      return [finding('wrong', AREA.backup, 'backupFailed')]
    case 'not_archived':
      return [finding('wrong', AREA.backup, 'notArchived')]
    // Where none was ever made another system may make them; the page says so, and `vigia doctor` asks.
    default:
      return []
  }
}

function ofCertificates({ certificates }: Board): Finding[] {
  return certificates.flatMap((certificate) => {
    const { daysLeft: count, subject: of, kind } = certificate
    const level = levelOfCertificate(certificate)
    if (level === 'ok') return []
    return [finding(level, AREA.certificates, 'certificate', { of, count, kind })]
  })
}

/** How near its end is, for its kind. */
export function levelOfCertificate({ kind, daysLeft }: Certificate): Level {
  const { soonDays, nowDays } = CERTIFICATE_LIMITS[kind]
  if (daysLeft <= nowDays) return 'wrong'
  return daysLeft <= soonDays ? 'watch' : 'ok'
}

function ofRotation({ certificateRotation }: Board, now: number): Finding[] {
  if (!certificateRotation) return []
  const { state, since } = certificateRotation
  if (state === 'failed') return [finding('wrong', AREA.certificates, 'rotationFailed')]
  const isStuck = state === 'waiting' && now - since >= ROTATION_WATCH_MS
  return isStuck ? [finding('watch', AREA.certificates, 'rotationWaiting')] : []
}

function ofErrors({ errors }: Board, now: number): Finding[] {
  const recent = errors.filter(({ level, at }) => level === 'ERROR' && now - at <= ERRORS_MS)
  const count = recent.reduce((sum, { times }) => sum + times, 0)
  return count > 0 ? [finding('watch', AREA.errors, 'errors', { count })] : []
}

function finding(
  level: Finding['level'],
  area: Area,
  code: FindingCode,
  facts: Pick<Finding, 'of' | 'count' | 'kind'> = {},
): Finding {
  return { level, area, code, ...facts }
}
