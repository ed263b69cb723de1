// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { shallowRef, type ShallowRef } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import type { User } from '@/contract/account'
import { followSession } from '@/core/session/follow-session'
import type { Ending, Session } from '@/core/session/session'

const ANA: User = {
  email: 'ana.ruiz@granix.example',
  name: null,
  admin: false,
  tenants: [],
}

let user: ShallowRef<User | null>
let isKnown: ShallowRef<boolean>
let ending: ShallowRef<Ending | null>
let page: EventTarget
const live = { start: vi.fn(), stop: vi.fn() }
const queries = { clear: vi.fn() }
const reload = vi.fn()
const ask = vi.fn(() => Promise.resolve())
let know: () => void
let router: Router

beforeEach(() => {
  user = shallowRef(null)
  isKnown = shallowRef(false)
  ending = shallowRef(null)
  page = Object.assign(new EventTarget(), { hidden: false })
  vi.clearAllMocks()
  const component = { template: '' }
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'fleet', component },
      { path: '/login', name: 'login', component, meta: { isPublic: true } },
      { path: '/set-password', name: 'setPassword', component, meta: { isPublic: true } },
      { path: '/plc', name: 'plc', component },
    ],
  })
  const whenKnown = new Promise<void>((resolve) => {
    know = () => {
      isKnown.value = true
      resolve()
    }
  })
  const session = { user, isKnown, whenKnown, ending, ask } as unknown as Session
  followSession({ session, router, live, queries, page: page as Document, reload })
})

async function open(path: string, who: User | null): Promise<void> {
  user.value = who
  know()
  await router.push(path)
  await flushPromises()
}

const address = (): string => router.currentRoute.value.fullPath

it('shows no page before it is known who looks', async () => {
  const opened = router.push('/plc')
  await flushPromises()
  expect(router.currentRoute.value.matched).toEqual([])
  user.value = ANA
  know()
  await opened
  await flushPromises()
  expect(address()).toBe('/plc')
  expect(live.start).toHaveBeenCalled()
})

it.each([
  ['/', '/login'],
  ['/plc?metric=a', '/login?next=/plc?metric=a'],
  ['/login', '/login'],
  ['/login?next=/plc', '/login?next=/plc'],
])('leads %s to %s without a login, and hears nothing', async (path, expected) => {
  await open(path, null)
  expect(address()).toBe(expected)
  expect(live.start).not.toHaveBeenCalled()
})

it.each([
  ['/login', '/'],
  ['/login?next=/plc?metric=a', '/plc?metric=a'],
  ['/login?next=//evil.example', '/'],
  ['/login?next=/login', '/'],
])('leads %s to %s for who is logged in', async (path, expected) => {
  await open(path, ANA)
  expect(address()).toBe(expected)
  expect(live.start).toHaveBeenCalled()
})

it('leads on after the login', async () => {
  await open('/plc?metric=a', null)
  user.value = ANA
  await flushPromises()
  expect(address()).toBe('/plc?metric=a')
  expect(live.start).toHaveBeenCalled()
})

it.each([null, ANA])('shows a public page whoever looks, and hears nothing there', async (who) => {
  await open('/set-password', who)
  expect(address()).toBe('/set-password')
  expect(live.start).not.toHaveBeenCalled()
})

it('leads nobody away from a public page, whether somebody logs in or out meanwhile', async () => {
  await open('/set-password', null)
  user.value = ANA
  await flushPromises()
  expect(address()).toBe('/set-password')
  user.value = null
  await flushPromises()
  expect(address()).toBe('/set-password')
  expect(queries.clear).toHaveBeenCalledOnce()
})

it('forgets everything when the session ends, and remembers the place', async () => {
  await open('/plc?metric=a', ANA)
  ending.value = 'expired'
  user.value = null
  expect(live.stop).toHaveBeenCalledOnce()
  expect(queries.clear).toHaveBeenCalledOnce()
  await flushPromises()
  expect(address()).toBe('/login?next=/plc?metric=a')
})

it('does not remember the place of who logged out', async () => {
  await open('/plc', ANA)
  ending.value = 'signedOut'
  user.value = null
  await flushPromises()
  expect(live.stop).toHaveBeenCalledOnce()
  expect(address()).toBe('/login')
})

it('begins anew for somebody else or with other rights, and not for another name', async () => {
  await open('/plc', ANA)
  user.value = { ...ANA, name: 'Ana' }
  expect(reload).not.toHaveBeenCalled()
  user.value = { ...ANA, tenants: [{ tenant: 'granix', role: 'viewer' }] }
  expect(reload).toHaveBeenCalledOnce()
  user.value = { ...ANA, email: 'luis@granix.example' }
  expect(reload).toHaveBeenCalledTimes(2)
})

it('asks again when the page is looked at again', async () => {
  page.dispatchEvent(new Event('visibilitychange'))
  expect(ask).not.toHaveBeenCalled()
  await open('/', ANA)
  page.dispatchEvent(new Event('visibilitychange'))
  expect(ask).toHaveBeenCalledOnce()
})
