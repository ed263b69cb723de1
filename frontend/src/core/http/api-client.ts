import * as v from 'valibot'
import { inject, type InjectionKey } from 'vue'
import type { Page } from '@/contract/common'
import { problemSchema, type Problem } from '@/contract/rest'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { parseExactJson } from '@/core/json/exact-json'

const TIMEOUT_MS = 15_000
const PAGE_LIMIT = 500
/** A list longer than this is cut rather than followed for ever; no fleet page could show it. */
const MAX_PAGES = 20

export type QueryParameters = Readonly<Record<string, string | number | undefined>>

export interface ApiClient {
  get: <Schema extends v.GenericSchema>(
    path: string,
    parameters: QueryParameters,
    schema: Schema,
    signal?: AbortSignal,
  ) => Promise<v.InferOutput<Schema>>
  /** Follows `nextCursor` to the end of a list. */
  list: <Item>(
    path: string,
    schema: v.GenericSchema<unknown, Page<Item>>,
    signal?: AbortSignal,
  ) => Promise<Item[]>
}

export interface ApiClientOptions {
  fetch?: typeof fetch
  /** Called on every 401, so that the shell can ask for a login; the call fails all the same. */
  onUnauthorized?: () => void
  onAnswer?: (date: string | null, sentAt: number, receivedAt: number) => void
}

export function createApiClient(options: ApiClientOptions = {}): ApiClient {
  const { onUnauthorized, onAnswer } = options
  const fetchAnswer: typeof fetch = options.fetch ?? ((...call) => fetch(...call))

  async function request(url: string, signal: AbortSignal | undefined): Promise<unknown> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    const sentAt = Date.now()
    let response: Response
    let text: string
    try {
      response = await fetchAnswer(url, {
        headers: { accept: 'application/json' },
        credentials: 'same-origin',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      onAnswer?.(response.headers.get('date'), sentAt, Date.now())
      text = await response.text()
    } catch (cause) {
      // A cancelled call is the caller's own doing and not a failure to report.
      if (signal?.aborted) throw cause
      throw new ApiError(API_FAILURE.network, `no answer from ${url}`, { cause })
    }
    if (!response.ok) {
      if (response.status === 401) onUnauthorized?.()
      throw new ApiError(API_FAILURE.status, `${url} answered ${String(response.status)}`, {
        status: response.status,
        problem: readProblem(text),
      })
    }
    try {
      return parseExactJson(text)
    } catch (cause) {
      throw new ApiError(API_FAILURE.shape, `${url} answered something that is not JSON`, { cause })
    }
  }

  const get: ApiClient['get'] = async (path, parameters, schema, signal) => {
    const url = path + queryString(parameters)
    const parsed = v.safeParse(schema, await request(url, signal))
    if (parsed.success) return parsed.output
    const first = parsed.issues[0]
    throw new ApiError(
      API_FAILURE.shape,
      `${url}: ${v.getDotPath(first) ?? 'answer'}: ${first.message}`,
    )
  }

  const list: ApiClient['list'] = async (path, schema, signal) => {
    const items = []
    let cursor: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await get(path, { limit: PAGE_LIMIT, cursor }, schema, signal)
      items.push(...answer.items)
      if (answer.nextCursor === null) break
      cursor = answer.nextCursor
    }
    return items
  }

  return { get, list }
}

function queryString(parameters: QueryParameters): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

function readProblem(text: string): Problem {
  try {
    return v.parse(problemSchema, JSON.parse(text))
  } catch {
    // A proxy answers in HTML; the status says enough.
    return { title: null, code: null, detail: null }
  }
}

export const API: InjectionKey<ApiClient> = Symbol('api')

export function useApi(): ApiClient {
  const api = inject(API)
  if (!api) throw new Error('no API client was provided')
  return api
}
