const HOUR = 3_600_000
const DAY = 24 * HOUR
const GIB = 1_073_741_824

const at = (ms: number): string => new Date(Date.now() + ms).toISOString()

type Fields = Record<string, unknown>

export function connection(part: Fields = {}): Fields {
  return {
    clientId: 'vigia-granix-0',
    state: 'subscribed',
    since: at(-DAY),
    sessionPresent: true,
    subscriptions: [{ filter: '$share/vigia/factory/+/+/+/gateway/+/telemetry', state: 'granted' }],
    inFlight: 3,
    window: 100,
    rate: 24,
    rateLimit: 100,
    peakRateLastMinute: 31,
    peakRateLastHour: 64,
    reconnects: 1,
    received: 120_345,
    acknowledged: 120_342,
    resent: 0,
    drainEstimateSec: null,
    lastError: null,
    ...part,
  }
}

function parts(): { mqtt: Fields; spool: Fields; database: Fields; storage: Fields } {
  return {
    mqtt: {
      state: 'connected',
      lastMessageAt: at(-200),
      missingSeq: 0,
      connections: [connection()],
    },
    spool: {
      state: 'empty',
      since: at(-DAY),
      entries: 0,
      bytes: 0,
      maxBytes: 4 * GIB,
      oldestReceivedAt: null,
      drainEstimateSec: null,
      lastError: null,
    },
    database: { state: 'up', since: at(-DAY), lastError: null },
    storage: {
      state: 'ok',
      weighedAt: at(-10_000),
      bytes: 41 * GIB,
      maxBytes: 80 * GIB,
      bytesPerDay: 0.16 * GIB,
      daysLeft: 240,
      rawFrom: null,
      hourlyFrom: null,
    },
  }
}

/** `GET /api/admin/system` where all is well. */
export function wellSystem(): Fields {
  const { mqtt, spool, database, storage } = parts()
  return {
    status: 'ok',
    notReady: [],
    version: '0.1.0',
    commit: 'abcdef123456',
    now: at(0),
    process: {
      role: 'active',
      startedAt: at(-2 * DAY),
      uptimeSec: 172_800,
      memoryBytes: 52_428_800,
      wsConnections: 7,
    },
    mqtt,
    ingest: {
      received: 120_345,
      processed: 120_340,
      failed: 12,
      messagesPerSecond: 24,
      lagMs: 9,
      lastMessageAt: at(-200),
    },
    spool,
    database: {
      ...database,
      version: '15.18',
      bytes: 41 * GIB,
      tables: [{ name: 'packed', bytes: 38 * GIB, rows: 6_480_000 }],
    },
    storage,
    packing: {
      packedUpTo: at(-3 * HOUR),
      daysPacked: 92,
      daysBehind: 0,
      hoursDue: 0,
      underWay: null,
      last: { from: at(-4 * HOUR), to: at(-3 * HOUR), at: at(-20 * 60_000), samples: 86_400 },
      lastError: null,
    },
    retention: {
      rawDays: 400,
      hourlyDays: null,
      nextRunAt: at(HOUR),
      heldUntil: null,
      lastLetGo: null,
      lastError: null,
    },
    backup: {
      state: 'ok',
      lastError: null,
      lastArchivedAt: at(-40_000),
      repositories: [repository('local', -5 * HOUR), repository('s3', -5 * HOUR)],
    },
    certificates: [certificate('client', 200), certificate('ca', 4_000)],
    certificateRotation: { state: 'none', since: at(-2 * DAY), detail: null },
    errors: [],
    tenants: [tenant('granix', 0.797), tenant('lacteos-sur', 0.203)],
  }
}

function repository(name: string, ago: number | null): Fields {
  return {
    repository: name,
    lastSuccessAt: ago === null ? null : at(ago),
    lastKind: ago === null ? null : 'differential',
    bytes: ago === null ? null : 300_000_000,
    lastVerifiedAt: ago === null ? null : at(ago - DAY),
  }
}

/** The same where nearly everything is wrong. */
export function illSystem(): Fields {
  const well = wellSystem()
  const { spool, storage } = parts()
  return {
    ...well,
    status: 'degraded',
    packing: {
      packedUpTo: at(-9 * DAY),
      daysPacked: 80,
      daysBehind: 9,
      hoursDue: 201,
      underWay: { from: at(-9 * DAY), to: at(-9 * DAY + HOUR), at: at(-5_000), samples: 12_345 },
      last: null,
      lastError: 'canceling statement due to lock timeout',
    },
    retention: {
      rawDays: 400,
      hourlyDays: 1_825,
      nextRunAt: at(HOUR),
      heldUntil: at(7 * HOUR),
      lastLetGo: { at: at(-2 * DAY), table: 'samples_2025_10', bytes: 3 * GIB, rows: null },
      lastError: null,
    },
    notReady: ['database', 'mqtt'],
    mqtt: {
      state: 'partial',
      lastMessageAt: at(-1_000),
      missingSeq: 42,
      connections: [
        connection({ rate: 100, inFlight: 100, drainEstimateSec: 340, reconnects: 12 }),
        connection({
          clientId: 'vigia-granix-1',
          state: 'down',
          sessionPresent: false,
          rate: 0,
          inFlight: 0,
          subscriptions: [{ filter: '$share/vigia/factory/#', state: 'refused: not authorized' }],
          lastError: 'the broker closed the connection: not authorized',
        }),
      ],
    },
    ingest: {
      received: 120_345,
      processed: 100_000,
      failed: 12,
      messagesPerSecond: 100,
      lagMs: 34_000,
      lastMessageAt: at(-1_000),
    },
    spool: {
      ...spool,
      state: 'filling',
      entries: 812_345,
      bytes: 3.8 * GIB,
      oldestReceivedAt: at(-3 * HOUR),
      lastError: 'no space left on device',
    },
    database: {
      state: 'down',
      since: at(-3 * HOUR),
      lastError: 'connection refused',
      version: null,
      bytes: null,
      tables: [],
    },
    storage: { ...storage, state: 'filling', bytes: 79 * GIB, daysLeft: 6, rawFrom: at(-90 * DAY) },
    backup: {
      state: 'failed',
      lastError: 'the S3 storage at s3.eu-central-1.amazonaws.com refuses or cannot be reached',
      lastArchivedAt: at(-40_000),
      repositories: [repository('local', -5 * HOUR), repository('s3', null)],
    },
    certificates: [certificate('client', -2), certificate('ca', 20)],
    certificateRotation: {
      state: 'failed',
      since: at(-HOUR),
      detail: 'vigia-granix-0: the broker refused the connection: not authorized',
    },
    errors: [
      logged('ERROR', 'cannot take a batch: the database did not answer within 3 s', 31),
      logged(
        'WARN',
        'AWS IoT Core discards what is above 100 messages a second on a connection',
        1,
      ),
    ],
    tenants: null,
  }
}

/** `GET /health` as everybody is told it. */
export function health(): Fields {
  const { mqtt, spool, database } = parts()
  return {
    status: 'degraded',
    version: '0.1.0',
    commit: 'abcdef123456',
    startedAt: at(-2 * DAY),
    uptimeSec: 172_800,
    role: 'active',
    warnings: [],
    mqtt,
    spool: { ...spool, state: 'filling', entries: 900, bytes: 1_000_000 },
    database: { ...database, state: 'down', since: at(-HOUR) },
    storage: null,
  }
}

/** One that ends in so many days. */
export function certificate(kind: string, daysLeft: number): Fields {
  const subject = kind === 'ca' ? 'CN=Amazon Root CA 1,O=Amazon,C=US' : 'CN=AWS IoT Certificate'
  const issuer = 'OU=Amazon Web Services O=Amazon.com Inc. L=Seattle ST=Washington C=US'
  return { kind, subject, issuer, notAfter: at(daysLeft * DAY), daysLeft }
}

function logged(level: string, message: string, times: number): Fields {
  return { at: at(-5_000), level, target: 'vigia_ingest::batch', message, times }
}

function tenant(code: string, storageShare: number): Fields {
  return {
    tenant: code,
    name: null,
    plants: 2,
    gateways: 3,
    gatewaysOnline: 2,
    series: 50,
    samplesLastDay: 4_204_112,
    bytesPerDay: Math.round(storageShare * 0.16 * GIB),
    storageShare,
  }
}
