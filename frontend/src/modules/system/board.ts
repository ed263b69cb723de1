import type {
  Backup,
  Certificate,
  CertificateRotation,
  Connection,
  Health,
  LoggedError,
  Mqtt,
  Packing,
  Retention,
  Spool,
  Storage,
  System,
  TenantStatus,
} from '@/contract/system'

/** How everything is doing, from whichever answer there was. */
export interface Board {
  /** Not all of it could be asked for: the rest is missing, and not well. */
  isPartial: boolean
  version: string
  commit: string
  role: string
  startedAt: number
  uptimeSec: number
  memoryBytes: number | null
  wsConnections: number | null
  mqtt: Mqtt
  ingest: NonNullable<System['ingest']> | null
  spool: Spool
  database: NonNullable<System['database']>
  storage: Storage | null
  packing: Packing | null
  retention: Retention | null
  backup: Backup | null
  certificates: readonly Certificate[]
  certificateRotation: CertificateRotation | null
  errors: readonly LoggedError[]
  tenants: readonly TenantStatus[] | null
}

/** Null for who is no internal admin: those are told next to nothing. */
export function boardOf(system: System): Board | null {
  const { process, mqtt, spool, database } = system
  if (!process || !mqtt || !spool || !database) return null
  return {
    isPartial: false,
    version: system.version,
    commit: system.commit,
    role: process.role,
    startedAt: process.startedAt,
    uptimeSec: process.uptimeSec,
    memoryBytes: process.memoryBytes,
    wsConnections: process.wsConnections,
    mqtt,
    ingest: system.ingest,
    spool,
    database,
    storage: system.storage,
    packing: system.packing,
    retention: system.retention,
    backup: system.backup,
    certificates: system.certificates,
    certificateRotation: system.certificateRotation,
    errors: system.errors,
    tenants: system.tenants,
  }
}

/** What is told to everybody, even while the database is away and nobody can be recognised. */
export function boardOfHealth(health: Health): Board {
  return {
    isPartial: true,
    version: health.version,
    commit: health.commit,
    role: health.role,
    startedAt: health.startedAt,
    uptimeSec: health.uptimeSec,
    memoryBytes: null,
    wsConnections: null,
    mqtt: health.mqtt,
    ingest: null,
    spool: health.spool,
    database: { ...health.database, bytes: null, version: null, tables: [] },
    storage: health.storage,
    packing: null,
    retention: null,
    backup: null,
    certificates: [],
    certificateRotation: null,
    errors: [],
    tenants: null,
  }
}

/** Messages over all connections since the process started; a connection that was made anew counts on. */
export function receivedBy(mqtt: Mqtt): number {
  return mqtt.connections.reduce((sum, { received }: Connection) => sum + received, 0)
}
