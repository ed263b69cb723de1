import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { ADMIN, person } from './admin.ts'
import { someAlarms } from './alarms.ts'
import type { FakeBackend } from './backend.ts'
import { illSystem, health } from './system.ts'

/** One look at a page: what is opened there before it is looked at. */
export interface Look {
  /** As the router has it. */
  route: string
  address: string
  /** When this is there, the page is. */
  ready: string
  /** What is clicked, one after the other. */
  click?: string[]
  /** When this is there, what was clicked has opened. */
  opened?: string
  /** Only where there is room for it. */
  isWideOnly?: boolean
  /** Nobody is logged in. */
  isPublic?: boolean
  prepare?: (backend: FakeBackend) => void
}

const PLC = '/plc/granix/planta-1/plc-06'
const DIALOG = 'dialog[open]'
const LIST = 'table, [data-entry], [data-test=empty]'
const EDITOR = '[data-test=editor] [data-widget=w14]'
const DASHBOARD = '/plc/:tenant/:site/:plcId/dashboard'
const edit = `${PLC}/dashboard?edit=1`
const tile = (key: string): string => `[data-widget=${key}] [data-test=tile]`

/** Every page, and with its dialogs those that have some. */
export const LOOKS: Look[] = [
  { route: '/', address: '/', ready: '[data-metric]' },
  { route: '/', address: '/?view=compact', ready: '[data-status]' },
  {
    route: '/',
    address: '/',
    ready: '[data-metric]',
    click: ['[data-test=search-all]'],
    opened: '[data-test=palette-query]',
  },
  { route: '/login', address: '/login', ready: '[data-test=login]', isPublic: true },
  { route: '/set-password', address: '/set-password', ready: '[data-test=spent]', isPublic: true },
  { route: '/account', address: '/account', ready: '[data-session]' },
  { route: '/plant/:tenant/:site', address: '/plant/granix/planta-1', ready: '[data-status]' },
  {
    route: '/gateway/:tenant/:site/:gatewayId',
    address: '/gateway/granix/planta-1/granix-ba-gw-01',
    ready: '[data-test=gateway-state]',
  },
  {
    route: '/plc/:tenant/:site/:plcId',
    address: `${PLC}?metric=temp_head,humidity,burner_on,recipe`,
    ready: '[data-test=chart] canvas',
    click: ['[data-test=period]'],
    opened: '[data-test=period-form]',
  },
  { route: DASHBOARD, address: `${PLC}/dashboard`, ready: '[data-test=chart] canvas' },
  {
    route: DASHBOARD,
    address: '/plc/granix/planta-1/plc-05/dashboard',
    ready: '[data-test=make]',
  },
  {
    route: DASHBOARD,
    address: `${PLC}/dashboard`,
    ready: '[data-test=dashboard] [data-test=empty]',
    prepare: ({ dashboards }) => (dashboards.items[0]!.widgets = []),
  },
  { route: DASHBOARD, address: edit, ready: EDITOR, isWideOnly: true },
  ...['w1', 'w3', 'w4', 'w6', 'w7', 'w8', 'w9', 'w10', 'w11', 'w12', 'w13'].map((key) => ({
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: [tile(key), `[data-widget=${key}] [data-test=configure]`],
    opened: '[data-test=widget-settings]',
    isWideOnly: true,
  })),
  {
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: ['[data-test=open-palette]'],
    opened: DIALOG,
    isWideOnly: true,
  },
  {
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: [tile('w2'), '[data-widget=w2] [data-test=remove]', '[data-test=save]'],
    opened: '[data-test=conflict]',
    isWideOnly: true,
    prepare: ({ dashboards }) => (dashboards.overtakeAs = 'De otra persona'),
  },
  {
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: [tile('w2'), '[data-widget=w2] [data-test=remove]', '[data-test=leave-editor]'],
    opened: '[data-test=leave]',
    isWideOnly: true,
  },
  {
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: [tile('w2'), '[data-widget=w2] [data-test=remove]', '[data-test=save]'],
    opened: '[data-test=save-failure]',
    isWideOnly: true,
    prepare: ({ dashboards }) => (dashboards.failWritesWith = 503),
  },
  {
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: ['[data-test=open-panel]', '[data-test=open-history]', '[data-version="5"]'],
    opened: '[data-test=preview] [data-widget]',
    isWideOnly: true,
  },
  {
    route: DASHBOARD,
    address: edit,
    ready: EDITOR,
    click: ['[data-test=open-panel]', '[data-test=delete-dashboard]'],
    opened: DIALOG,
    isWideOnly: true,
  },
  {
    route: '/alarms',
    address: '/alarms?state=all',
    ready: '[data-alarm]',
    click: ['[data-test=select-all]', '[data-test=acknowledge-selected]'],
    opened: DIALOG,
  },
  { route: '/rules', address: '/rules', ready: '[data-test=counted]' },
  {
    route: '/rules',
    address: '/rules',
    ready: '[data-test=counted]',
    click: ['[data-rule=Temperaturas] [data-test=delete]'],
    opened: '[data-test=bytes-a-year]',
  },
  { route: '/rules/:ruleId', address: '/rules/new', ready: '[data-test=basis]' },
  {
    route: '/quarantine',
    address: '/quarantine',
    ready: '[data-test=total]',
    click: ['[data-test=delete-many]'],
    opened: '[data-test=confirm]',
  },
  {
    route: '/quarantine',
    address: '/quarantine?entry=2',
    ready: '[data-test=entry] [data-test=payload]',
  },
  { route: '/system', address: '/system', ready: '[data-test=findings]' },
  {
    route: '/tenants',
    address: '/tenants',
    ready: LIST,
    click: ['[data-test=add-tenant]'],
    opened: DIALOG,
  },
  { route: '/dashboards', address: '/dashboards', ready: LIST },
  ...['[data-test=create]', '[data-test=copy]', '[data-test=delete]'].map((opener) => ({
    route: '/dashboards',
    address: '/dashboards',
    ready: LIST,
    click: [opener],
    opened: DIALOG,
  })),
  {
    route: '/dashboards',
    address: '/dashboards',
    ready: '[data-test=empty]',
    prepare: ({ dashboards }) => (dashboards.items = []),
  },
  {
    route: '/plants',
    address: '/plants',
    ready: LIST,
    click: ['[data-test=add]'],
    opened: DIALOG,
  },
  { route: '/plants', address: '/plants?view=gateways', ready: LIST },
  {
    route: '/plants',
    address: '/plants?view=plcs',
    ready: LIST,
    click: ['[data-test=rename]'],
    opened: DIALOG,
  },
  {
    route: '/users',
    address: '/users',
    ready: LIST,
    click: ['[data-user^=turno] [data-test=edit]'],
    opened: DIALOG,
  },
  {
    route: '/api-keys',
    address: '/api-keys',
    ready: LIST,
    click: ['[data-test=add-key]'],
    opened: DIALOG,
  },
  {
    route: '/audit',
    address: '/audit',
    ready: LIST,
    click: ['[data-entry="plant.update"] summary'],
    opened: '[data-test=details]',
  },
  { route: '/:rest(.*)*', address: '/nada', ready: 'h1' },
]

/** The paths of the router's pages, read from its source: a new page is a page to be looked at. */
export function routedPaths(): string[] {
  const source = readFileSync(new URL('../../src/router.ts', import.meta.url), 'utf8')
  const link = readFileSync(
    new URL('../../src/core/session/link-token.ts', import.meta.url),
    'utf8',
  )
  const setPassword = /SET_PASSWORD_PATH = '([^']+)'/.exec(link)?.[1] ?? ''
  const paths = [...source.matchAll(/path: '([^']*)'/g)].map(([, path]) => path!)
  // The pages of one rule are the children of the list of all of them.
  return [...paths.filter((path) => path.startsWith('/')), '/rules/:ruleId', setPassword]
}

/** Somebody who reaches everything, and something to see on each page. */
export function prepare(backend: FakeBackend, look: Look): void {
  backend.accounts.user = ADMIN
  backend.accounts.isSignedIn = look.isPublic !== true
  backend.alarms.items = someAlarms()
  backend.admin.users = [person(7, { email: ADMIN.email, admin: true }), person(1)]
  backend.admin.system = illSystem()
  backend.admin.health = health()
  look.prepare?.(backend)
}

/** Opens what the look is at. */
export async function take(page: Page, look: Look): Promise<void> {
  await page.goto(look.address)
  await page.locator(look.ready).first().waitFor()
  for (const selector of look.click ?? []) {
    const target = page.locator(selector).first()
    // What is beside the page where there is room needs no opening.
    const isOptional = selector.includes('open-panel')
    if (!isOptional || (await target.isVisible())) await target.click()
  }
  if (look.opened !== undefined) await page.locator(look.opened).first().waitFor()
}

/** Changes theme and language by the page's own buttons, also where a dialog lies over them. */
export async function turn(page: Page, theme: string, language: string): Promise<void> {
  await page.evaluate(
    ([theme, language]) => {
      const { dataset } = document.documentElement
      const press = (selector: string): void =>
        document.querySelector<HTMLElement>(selector)?.click()
      if (dataset['theme'] !== theme) press('[data-test=theme]')
      press(`button[lang=${language}]`)
    },
    [theme, language] as const,
  )
  await page.locator(`html[data-theme=${theme}][lang^=${language}]`).waitFor()
  await page.waitForTimeout(100)
}

/** What is wider than its room: the page, or a dialog on it. */
export async function runsOver(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const boxes = [document.documentElement, ...document.querySelectorAll('dialog[open]')]
    return boxes
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ tagName, scrollWidth, clientWidth }) => `${tagName}: ${scrollWidth} > ${clientWidth}`)
  })
}
