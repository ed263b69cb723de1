import { describe, expect, it } from 'vitest'
import type { Backup, Certificate, Connection } from '@/contract/system'
import type { Board } from '@/modules/system/board'
import { diagnose, levelOf, type Finding } from '@/modules/system/diagnose'
import { lookAt, type Look } from '@/modules/system/trail'

const NOW = Date.parse('2025-01-08T18:00:00.000Z')
const DAY = 86_400_000

const CONNECTION: Connection = {
  clientId: 'backend',
  state: 'subscribed',
  since: NOW - DAY,
  sessionPresent: true,
  subscriptions: [{ filter: 'factory/#', state: 'granted' }],
  inFlight: 2,
  peakRateLastMinute: 30,
  peakRateLastHour: 40,
  window: 100,
  rate: 20,
  rateLimit: 100,
  reconnects: 0,
  received: 5_000,
  acknowledged: 5_000,
  resent: 0,
  drainEstimateSec: null,
  lastError: null,
}

const BOARD: Board = {
  isPartial: false,
  version: '0.1.0',
  commit: 'abcdef123456',
  role: 'active',
  startedAt: NOW - DAY,
  uptimeSec: DAY / 1_000,
  memoryBytes: 30_000_000,
  wsConnections: 2,
  mqtt: { state: 'connected', lastMessageAt: NOW, missingSeq: 0, connections: [CONNECTION] },
  ingest: {
    received: 5_000,
    processed: 5_000,
    failed: 0,
    messagesPerSecond: 20,
    lagMs: 7,
    lastMessageAt: NOW,
  },
  spool: {
    state: 'empty',
    since: NOW - DAY,
    entries: 0,
    bytes: 0,
    maxBytes: 1_000,
    oldestReceivedAt: null,
    drainEstimateSec: null,
    lastError: null,
  },
  database: { state: 'up', since: NOW - DAY, lastError: null, bytes: 9, version: '15', tables: [] },
  storage: {
    state: 'ok',
    weighedAt: NOW,
    bytes: 9,
    bytesPerDay: 1,
    daysLeft: 400,
    maxBytes: 1_000,
    rawFrom: null,
    hourlyFrom: null,
  },
  certificateRotation: { state: 'none', since: 0, detail: null },
  backup: {
    state: 'ok',
    lastError: null,
    lastArchivedAt: NOW,
    repositories: [],
  },
  certificates: [
    {
      kind: 'client',
      subject: 'CN=backend',
      issuer: 'CN=CA',
      notAfter: NOW + 90 * DAY,
      daysLeft: 90,
    },
  ],
  errors: [],
  packing: null,
  retention: null,
  tenants: [],
}

function found(part: Partial<Board>, trail: readonly Look[] = []): string[] {
  return diagnose({ ...BOARD, ...part }, trail, NOW).map(({ level, code }) => `${level} ${code}`)
}

function connected(part: Partial<Connection>): Partial<Board> {
  return { mqtt: { ...BOARD.mqtt, connections: [{ ...CONNECTION, ...part }] } }
}

it('finds nothing where all is well', () => {
  expect(found({})).toEqual([])
  expect(levelOf([])).toBe('ok')
})

describe('what it finds', () => {
  const { spool, ingest, certificates } = BOARD
  const certificate = (daysLeft: number, kind: Certificate['kind'] = 'client'): Partial<Board> => ({
    certificates: certificates.map((each) => ({ ...each, kind, daysLeft })),
  })
  const rotation = (
    state: NonNullable<Board['certificateRotation']>['state'],
    ago = 0,
  ): Partial<Board> => ({
    certificateRotation: { state, since: NOW - ago, detail: null },
  })
  const backup = (state: Backup['state']): Partial<Board> => ({
    backup: BOARD.backup && { ...BOARD.backup, state },
  })
  const error = { level: 'ERROR', target: 'x', message: 'y', times: 3 } as const
  const lag = (lagMs: number): Partial<Board> => ({ ingest: ingest && { ...ingest, lagMs } })

  it.each<[string, Partial<Board>, string[]]>([
    ['a board without its details', { isPartial: true }, ['wrong partial']],
    ['no backups at all', backup('never'), []],
    ['an old backup', backup('late'), ['watch backupLate']],
    ['no backup restored', backup('unverified'), ['watch backupUnverified']],
    ['a failed backup', backup('failed'), ['wrong backupFailed']],
    ['changes not archived', backup('not_archived'), ['wrong notArchived']],
    ['a standby', { role: 'standby' }, ['watch standby']],
    ['no broker', { mqtt: { ...BOARD.mqtt, state: 'down' } }, ['wrong brokerDown']],
    ['some of the broker', { mqtt: { ...BOARD.mqtt, state: 'partial' } }, ['watch brokerPartly']],
    [
      'a word of the broker it does not know',
      { mqtt: { ...BOARD.mqtt, state: '?' } },
      ['wrong brokerDown'],
    ],
    ['79 of 100', connected({ rate: 79 }), []],
    ['80 of 100', connected({ rate: 80 }), ['watch nearRate']],
    ['100 of 100', connected({ rate: 100 }), ['wrong overRate']],
    [
      'a refusal',
      connected({ subscriptions: [{ filter: 'a', state: 'refused: no' }] }),
      ['wrong refused'],
    ],
    ['certificates on trial', rotation('trying'), []],
    ['certificates that wait', rotation('waiting', 59_000), []],
    ['certificates that wait for long', rotation('waiting', 60_000), ['watch rotationWaiting']],
    ['certificates that failed', rotation('failed'), ['wrong rotationFailed']],
    ['a little lag', lag(1_999), []],
    ['some lag', lag(2_000), ['watch lagging']],
    ['much lag', lag(30_000), ['wrong lagging']],
    [
      'silence',
      { ingest: ingest && { ...ingest, lastMessageAt: NOW - 120_000 } },
      ['watch silent'],
    ],
    ['no database', { database: { ...BOARD.database, state: 'down' } }, ['wrong databaseDown']],
    ['filling', { spool: { ...spool, state: 'filling', bytes: 1 } }, ['watch spoolFilling']],
    ['filled', { spool: { ...spool, state: 'filling', bytes: 900 } }, ['wrong spoolFilling']],
    ['draining', { spool: { ...spool, state: 'draining', bytes: 100 } }, ['watch spoolDraining']],
    [
      'draining much',
      { spool: { ...spool, state: 'draining', bytes: 500 } },
      ['watch spoolFilling'],
    ],
    ['full', { spool: { ...spool, state: 'full' } }, ['wrong spoolFull']],
    ['broken', { spool: { ...spool, state: 'failed' } }, ['wrong spoolFailed']],
    ['31 days', certificate(31), []],
    ['30 days', certificate(30), ['watch certificate']],
    ['7 days', certificate(7), ['wrong certificate']],
    ['expired', certificate(-1), ['wrong certificate']],
    ['30 days of the broker’s', certificate(30, 'broker'), ['watch certificate']],
    ['8 days of the page’s', certificate(8, 'web'), []],
    ['7 days of the page’s', certificate(7, 'web'), ['watch certificate']],
    ['3 days of the page’s', certificate(3, 'web'), ['wrong certificate']],
    ['an error', { errors: [{ ...error, at: NOW - 3_600_000 }] }, ['watch errors']],
    ['an error of long ago', { errors: [{ ...error, at: NOW - 3_600_001 }] }, []],
    ['a warning', { errors: [{ ...error, level: 'WARN', at: NOW }] }, []],
  ])('%s', (_name, part, codes) => {
    expect(found(part)).toEqual(codes)
  })
})

it('does not ask of a standby what the active one does', () => {
  const mqtt = { ...BOARD.mqtt, state: 'down', connections: [] }
  const spool = { ...BOARD.spool, state: 'closed' }
  expect(found({ role: 'standby', mqtt, spool })).toEqual(['watch standby'])
})

describe('over some looks', () => {
  const trailOf = (...boards: Partial<Board>[]): Look[] =>
    boards.map((part, index) => lookAt({ ...BOARD, ...part }, NOW + index))

  it('calls a window full that stays so', () => {
    const full = connected({ inFlight: 90 })
    expect(found(full, trailOf(full, full))).toEqual([])
    expect(found(full, trailOf(full, {}, full))).toEqual([])
    expect(found(full, trailOf(full, full, full))).toEqual(['watch windowFull'])
  })

  it('counts what was lost, refused and connected anew meanwhile', () => {
    const later: Partial<Board> = {
      mqtt: {
        ...BOARD.mqtt,
        missingSeq: 4,
        connections: [{ ...CONNECTION, reconnects: 2 }],
      },
      ingest: BOARD.ingest && { ...BOARD.ingest, received: 5_100, failed: 5 },
    }
    const trail = trailOf({}, later)
    expect(found(later, trail)).toEqual(['watch reconnecting', 'watch missing', 'watch rejecting'])
    const counts = diagnose({ ...BOARD, ...later }, trail, NOW).map(({ count }) => count)
    expect(counts).toEqual([2, 4, 5])
  })
})

it('puts the worst first, and knows the level of each part', () => {
  const findings = diagnose(
    { ...BOARD, ...connected({ rate: 90 }), database: { ...BOARD.database, state: 'down' } },
    [],
    NOW,
  )
  expect(findings.map(({ code }: Finding) => code)).toEqual(['databaseDown', 'nearRate'])
  expect(levelOf(findings)).toBe('wrong')
  expect(levelOf(findings, 'broker')).toBe('watch')
  expect(levelOf(findings, 'spool')).toBe('ok')
})
