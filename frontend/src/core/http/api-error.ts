import type { FieldProblem, Problem } from '@/contract/rest'

export const API_FAILURE = {
  /** No answer: the network, the server or the time-out. */
  network: 'network',
  /** An answer that says no. */
  status: 'status',
  /** An answer that is not what the contract says. */
  shape: 'shape',
} as const
export type ApiFailure = (typeof API_FAILURE)[keyof typeof API_FAILURE]

/** Codes of problems that a page treats in a way of its own. */
export const PROBLEM_CODE = {
  invalidCredentials: 'invalid_credentials',
  linkExpired: 'link_expired',
  databaseUnavailable: 'database_unavailable',
  staleVersion: 'stale_version',
  notReady: 'not_ready',
} as const

export interface ApiErrorFacts {
  status?: number
  problem?: Problem
  retryAfterSeconds?: number | null
  cause?: unknown
}

export class ApiError extends Error {
  readonly failure: ApiFailure
  readonly status: number | null
  /** The stable code of the problem document. */
  readonly code: string | null
  /** What is wrong with which field of the body. */
  readonly fields: readonly FieldProblem[]
  /** How long the server asks to be left alone. */
  readonly retryAfterSeconds: number | null

  constructor(failure: ApiFailure, detail: string, facts: ApiErrorFacts = {}) {
    super(facts.problem?.detail ?? facts.problem?.title ?? detail, { cause: facts.cause })
    this.name = 'ApiError'
    this.failure = failure
    this.status = facts.status ?? null
    this.code = facts.problem?.code ?? null
    this.fields = facts.problem?.errors ?? []
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null
  }

  /** Whether asking again can help. */
  get isTransient(): boolean {
    if (this.failure === API_FAILURE.network) return true
    return this.status !== null && (this.status >= 500 || this.status === 429)
  }
}
