import * as v from 'valibot'
import { inject, type InjectionKey } from 'vue'
import type { Page } from '@/contract/common'
import { problemSchema, type Problem } from '@/contract/rest'
import { API_FAILURE, ApiError, PROBLEM_CODE } from '@/core/http/api-error'
import { parseExactJson, stringifyExactJson } from '@/core/json/exact-json'

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
    parameters?: QueryParameters,
  ) => Promise<Item[]>
  /** Sends a body and reads what is answered. */
  post: <Schema extends v.GenericSchema>(
    path: string,
    body: object,
    schema: Schema,
    signal?: AbortSignal,
  ) => Promise<v.InferOutput<Schema>>
  put: <Schema extends v.GenericSchema>(
    path: string,
    body: object,
    schema: Schema,
  ) => Promise<v.InferOutput<Schema>>
  /** Removes, and reads what that came to. */
  remove: <Schema extends v.GenericSchema>(
    path: string,
    parameters: QueryParameters,
    schema: Schema,
  ) => Promise<v.InferOutput<Schema>>
  /** A write whose answer says nothing but that it was done. */
  send: (method: Method, path: string, body?: object) => Promise<void>
}

type Method = 'POST' | 'PUT' | 'DELETE'

export interface ApiClientOptions {
  fetch?: typeof fetch
  /** Called on every 401 that is not about a password, so that a login can be asked for; the call fails all the same. */
  onUnauthorized?: () => void
  onAnswer?: (date: string | null, sentAt: number, receivedAt: number) => void
}

interface Call {
  method?: Method
  body?: object | undefined
  signal?: AbortSignal | undefined
}

export function createApiClient(options: ApiClientOptions = {}): ApiClient {
  const { onUnauthorized, onAnswer } = options
  const fetchAnswer: typeof fetch = options.fetch ?? ((...call) => fetch(...call))

  async function request(url: string, { method, body, signal }: Call): Promise<unknown> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    const sentAt = Date.now()
    let response: Response
    let text: string
    try {
      response = await fetchAnswer(url, {
        ...(method && { method }),
        ...(body && { body: stringifyExactJson(body) }),
        headers: {
          accept: 'application/json',
          // Even without a body: a form of another site could not send this.
          ...((method === 'POST' || method === 'PUT') && { 'content-type': 'application/json' }),
        },
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
      const problem = readProblem(text)
      const isAboutPassword = problem.code === PROBLEM_CODE.invalidCredentials
      if (response.status === 401 && !isAboutPassword) onUnauthorized?.()
      throw new ApiError(API_FAILURE.status, `${url} answered ${String(response.status)}`, {
        status: response.status,
        problem,
        retryAfterSeconds: secondsOf(response.headers.get('retry-after')),
      })
    }
    if (text === '') return undefined
    try {
      return parseExactJson(text)
    } catch (cause) {
      throw new ApiError(API_FAILURE.shape, `${url} answered something that is not JSON`, { cause })
    }
  }

  async function read<Schema extends v.GenericSchema>(
    url: string,
    schema: Schema,
    call: Call,
  ): Promise<v.InferOutput<Schema>> {
    const parsed = v.safeParse(schema, await request(url, call))
    if (parsed.success) return parsed.output
    const first = parsed.issues[0]
    throw new ApiError(
      API_FAILURE.shape,
      `${url}: ${v.getDotPath(first) ?? 'answer'}: ${first.message}`,
    )
  }

  const get: ApiClient['get'] = (path, parameters, schema, signal) =>
    read(path + queryString(parameters), schema, { signal })

  const list: ApiClient['list'] = async (path, schema, signal, parameters) => {
    const items = []
    let cursor: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await get(path, { ...parameters, limit: PAGE_LIMIT, cursor }, schema, signal)
      items.push(...answer.items)
      if (answer.nextCursor === null) break
      cursor = answer.nextCursor
    }
    return items
  }

  return {
    get,
    list,
    post: (path, body, schema, signal) => read(path, schema, { method: 'POST', body, signal }),
    put: (path, body, schema) => read(path, schema, { method: 'PUT', body }),
    remove: (path, parameters, schema) =>
      read(path + queryString(parameters), schema, { method: 'DELETE' }),
    send: async (method, path, body) => {
      await request(path, { method, body })
    },
  }
}

/** The query of an address, with what is set of `parameters`; empty when nothing is. */
export function queryString(parameters: QueryParameters): string {
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
    return { title: null, code: null, detail: null, errors: [] }
  }
}

/** `Retry-After` in seconds; the other form of the header, a date, is one that nobody here sends. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) : null
}

export const API: InjectionKey<ApiClient> = Symbol('api')

export function useApi(): ApiClient {
  const api = inject(API)
  if (!api) throw new Error('no API client was provided')
  return api
}
