import { inject, shallowReadonly, shallowRef, type InjectionKey, type ShallowRef } from 'vue'
import { loginAnswerSchema, userSchema, type User } from '@/contract/account'
import type { ApiClient } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'

/** Why nobody is logged in any more. */
export const ENDING = {
  expired: 'expired',
  signedOut: 'signedOut',
  everywhere: 'everywhere',
  passwordSet: 'passwordSet',
} as const
export type Ending = (typeof ENDING)[keyof typeof ENDING]

/** Who looks at this page. The cookie that proves it is the browser's business and never seen here. */
export interface Session {
  user: Readonly<ShallowRef<User | null>>
  /** Whether the server has said who is logged in, if anybody is. */
  isKnown: Readonly<ShallowRef<boolean>>
  whenKnown: Promise<void>
  /** Why the server could not be asked, as long as nothing is known. */
  failure: Readonly<ShallowRef<unknown>>
  ending: Readonly<ShallowRef<Ending | null>>
  /** Asks who is logged in. What was known stays so if there is no answer. */
  ask: () => Promise<void>
  signIn: (email: string, password: string) => Promise<void>
  signOut: () => Promise<void>
  signOutEverywhere: () => Promise<void>
  changePassword: (currentPassword: string, newPassword: string) => Promise<void>
  /** Sets the password of whom a link was made for, and logs nobody in. */
  setPassword: (linkToken: string, newPassword: string) => Promise<void>
  /** Notes that the server knows this session no more. */
  expire: () => void
}

export function createSession({ api }: { api: ApiClient }): Session {
  const user = shallowRef<User | null>(null)
  const isKnown = shallowRef(false)
  const failure = shallowRef<unknown>(null)
  const ending = shallowRef<Ending | null>(null)
  let asking: AbortController | null = null
  /** What the reader asked for: the server may close the link before it answers. */
  let leavingAs: Ending | null = null
  let tellKnown = (): void => undefined
  const whenKnown = new Promise<void>((resolve) => {
    tellKnown = resolve
  })

  function settle(next: User | null, why: Ending | null): void {
    // An answer that is still on its way is about the time before.
    asking?.abort()
    failure.value = null
    ending.value = why
    user.value = next
    isKnown.value = true
    tellKnown()
  }

  function leave(why: Ending): void {
    // Who was not logged in has nothing to be told; and the first reason is the true one.
    settle(null, user.value ? (leavingAs ?? why) : ending.value)
  }

  async function ask(): Promise<void> {
    if (leavingAs !== null) return
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    try {
      settle(await api.get('/api/auth/me', {}, userSchema, signal), null)
    } catch (error) {
      if (signal.aborted) return
      if (isUnauthorized(error)) leave(ENDING.expired)
      else if (!isKnown.value) failure.value = error
    }
  }

  async function signOutBy(method: 'POST' | 'DELETE', path: string, why: Ending): Promise<void> {
    leavingAs = why
    try {
      await api.send(method, path)
    } catch (error) {
      // It had ended already, which is what was wanted.
      if (!isUnauthorized(error)) throw error
    } finally {
      leavingAs = null
    }
    leave(why)
  }

  return {
    user: shallowReadonly(user),
    isKnown: shallowReadonly(isKnown),
    whenKnown,
    failure: shallowReadonly(failure),
    ending: shallowReadonly(ending),
    ask,
    signIn: async (email, password) => {
      asking?.abort()
      const answer = await api.post('/api/auth/login', { email, password }, loginAnswerSchema)
      settle(answer.user, null)
    },
    signOut: () => signOutBy('POST', '/api/auth/logout', ENDING.signedOut),
    signOutEverywhere: () => signOutBy('DELETE', '/api/auth/sessions', ENDING.everywhere),
    changePassword: (currentPassword, newPassword) =>
      api.send('POST', '/api/auth/password', { currentPassword, newPassword }),
    setPassword: async (token, newPassword) => {
      await api.send('POST', '/api/auth/password-links', { token, newPassword })
      // The link's owner has been logged out everywhere. Only the server knows whether that is here.
      if (user.value) await ask()
      if (!user.value) settle(null, ENDING.passwordSet)
    },
    expire: () => {
      leave(ENDING.expired)
    },
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

export const SESSION: InjectionKey<Session> = Symbol('session')

export function useSession(): Session {
  const session = inject(SESSION)
  if (!session) throw new Error('no session was provided')
  return session
}
