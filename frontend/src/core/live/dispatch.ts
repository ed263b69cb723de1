import * as v from 'valibot'
import { liveMessageSchema, type LiveMessage, type LiveMessageType } from '@/contract/websocket'
import { parseExactJson } from '@/core/json/exact-json'

export type MessageOf<Type extends LiveMessageType> = Extract<LiveMessage, { type: Type }>
type Handler<Type extends LiveMessageType> = (message: MessageOf<Type>) => void
type Release = () => void

export interface Dispatcher {
  on: <Type extends LiveMessageType>(type: Type, handler: Handler<Type>) => Release
  dispatch: (text: string) => void
}

/**
 * Parses each message by schema and hands it to whoever registered for its type. A message that does
 * not fit is named once in the console and left out: one bad message never stops the others.
 */
export function createDispatcher(warn: (text: string) => void = console.warn): Dispatcher {
  const handlers = new Map<LiveMessageType, Set<(message: never) => void>>()
  const warned = new Set<string>()

  function warnOnce(text: string): void {
    if (warned.has(text)) return
    warned.add(text)
    warn(text)
  }

  function parse(text: string): LiveMessage | null {
    let json: unknown
    try {
      json = parseExactJson(text)
    } catch {
      warnOnce('live message is not JSON')
      return null
    }
    const parsed = v.safeParse(liveMessageSchema, json)
    if (parsed.success) return parsed.output
    const issue = parsed.issues[0]
    // Newer servers may send types that this page does not know; they are none of its business.
    warnOnce(`live message left out: ${v.getDotPath(issue) ?? ''}: ${issue.message}`)
    return null
  }

  return {
    on: (type, handler) => {
      const registered = handlers.get(type) ?? new Set()
      handlers.set(type, registered)
      registered.add(handler)
      return () => registered.delete(handler)
    },
    dispatch: (text) => {
      const message = parse(text)
      if (!message) return
      handlers.get(message.type)?.forEach((handler) => {
        handler(message as never)
      })
    },
  }
}
