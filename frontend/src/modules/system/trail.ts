import { receivedBy, type Board } from '@/modules/system/board'

/** As long as trends reach back. */
export const SPAN_MS = 15 * 60_000

/** What is remembered of one look at the board. */
export interface Look {
  at: number
  startedAt: number
  received: number
  failed: number | null
  missing: number
  reconnects: number
  lagMs: number | null
  spoolBytes: number
  memoryBytes: number | null
  wsConnections: number | null
  databaseBytes: number | null
  connections: Readonly<Record<string, { rate: number; inFlight: number }>>
}

/** One point of a trend; null breaks the line. */
export interface Point {
  at: number
  value: number | null
}

export function lookAt(board: Board, at: number): Look {
  const { connections } = board.mqtt
  return {
    at,
    startedAt: board.startedAt,
    received: board.ingest?.received ?? receivedBy(board.mqtt),
    failed: board.ingest?.failed ?? null,
    missing: board.mqtt.missingSeq,
    reconnects: connections.reduce((sum, { reconnects }) => sum + reconnects, 0),
    lagMs: board.ingest?.lagMs ?? null,
    spoolBytes: board.spool.bytes,
    memoryBytes: board.memoryBytes,
    wsConnections: board.wsConnections,
    databaseBytes: board.database.bytes,
    connections: Object.fromEntries(
      connections.map(({ clientId, rate, inFlight }) => [clientId, { rate, inFlight }]),
    ),
  }
}

/** With one more look, and without those that are too long ago. */
export function remember(trail: readonly Look[], look: Look): readonly Look[] {
  return [...trail.filter(({ at }) => at < look.at && at > look.at - SPAN_MS), look]
}

export function pointsOf(
  trail: readonly Look[],
  pick: (look: Look) => number | null | undefined,
): Point[] {
  return trail.map((look) => ({ at: look.at, value: pick(look) ?? null }))
}

/** How much a count grew from look to look, by the second; a new process counts from nought. */
export function ratesOf(trail: readonly Look[], pick: (look: Look) => number | null): Point[] {
  return trail.flatMap((look, index) => {
    const before = trail[index - 1]
    if (!before) return []
    const [was, is] = [pick(before), pick(look)]
    const isSame = before.startedAt === look.startedAt && was !== null && is !== null && is >= was
    const value = isSame ? ((is - was) * 1_000) / (look.at - before.at) : null
    return [{ at: look.at, value }]
  })
}

/** How much a count has grown while this process was watched. */
export function growthOf(trail: readonly Look[], pick: (look: Look) => number | null): number {
  const last = trail.at(-1)
  const first = trail.find(({ startedAt }) => startedAt === last?.startedAt)
  if (!first || !last) return 0
  return Math.max(0, (pick(last) ?? 0) - (pick(first) ?? 0))
}

export function highest(points: readonly Point[]): number | null {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]))
  return values.length === 0 ? null : Math.max(...values)
}

export function lowest(points: readonly Point[]): number | null {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]))
  return values.length === 0 ? null : Math.min(...values)
}
