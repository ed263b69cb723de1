import { expect, type Locator, type Page, type WebSocketRoute } from '@playwright/test'
import { canPublish, publish } from '../support/stack-broker.ts'
import { findPlc } from '../support/stack-plc.ts'
import { TestSeries } from '../support/stack-series.ts'
import { forgive, logIn, test } from '../support/test.ts'

/** What a page of a PLC shows is what is: against a running stack whose simulator publishes. */

test.beforeEach(async ({ page, complaints }) => {
  await logIn(page)
  // The browser itself reports that nobody was logged in.
  forgive(complaints, /401/)
})

/** The row of a metric in the list of all of them. */
function rowOf(page: Page, metricId: string): Locator {
  return page.locator(`[data-metric="${metricId}"]`)
}

/** A cable between the page and the real server, which can be pulled or go dead. */
async function cable(page: Page): Promise<{
  pull: () => Promise<void>
  plug: () => void
  mute: () => void
  unmute: () => void
  heard: string[]
}> {
  const sockets = new Set<WebSocketRoute>()
  let isCut = false
  let isMute = false
  const heard: string[] = []
  await page.routeWebSocket(/\/ws(\?|$)/, (socket) => {
    if (isCut) {
      void socket.close({ code: 1011 })
      return
    }
    const server = socket.connectToServer()
    server.onMessage((message) => {
      if (isMute) return
      heard.push(String(message))
      socket.send(message)
    })
    sockets.add(socket)
  })
  return {
    heard,
    pull: async () => {
      isCut = true
      for (const socket of sockets) await socket.close({ code: 1012 })
      sockets.clear()
    },
    plug: () => {
      isCut = false
    },
    mute: () => {
      isMute = true
    },
    unmute: () => {
      isMute = false
    },
  }
}

test('values change in the list, and the chart goes along', async ({ page }) => {
  const { path, metrics } = await findPlc(page)
  await page.goto(`${path}?metric=${metrics[0]}&range=5m`)
  const value = rowOf(page, metrics[0]).locator('[data-part=value]')
  const present = page.locator(`[data-pen="${metrics[0]}"] [data-part=present]`)
  await expect(value).toHaveText(/\d/)
  const before = [await value.textContent(), await present.textContent()]
  await expect.poll(() => value.textContent(), { timeout: 20_000 }).not.toBe(before[0])
  await expect.poll(() => present.textContent(), { timeout: 20_000 }).not.toBe(before[1])
})

test('an integer of 64 bits stands on the screen with all its digits', async ({ page }) => {
  test.skip(!canPublish, 'needs STACK_NOTE')
  const series = await TestSeries.create(page)
  const { tenant, site } = series.gateway
  // Written by hand: a number of JavaScript does not hold it.
  const say = (digits: string): Promise<void> => {
    const sample = series.sample('digits', { dataType: 'int', unit: 'gram' })
    const text = JSON.stringify(series.envelope({ schemaVersion: 1, ...sample }))
    return publish(series.topic, text.replace('"digits"', digits))
  }
  await say('9007199254740993')
  await page.goto(`/plc/${tenant}/${site}/${series.plcId}?metric=${series.metricId}&range=5m`)
  const value = rowOf(page, series.metricId).locator('[data-part=value]')
  await expect(value).toHaveText('9007199254740993')
  await say('-9223372036854775808')
  await expect(value).toHaveText('-9223372036854775808')
  await say('9223372036854775807')
  await expect(value).toHaveText('9223372036854775807')
  // The tile of the fleet says the same.
  await page.goto(`/?q=${series.plcId}`)
  await expect(rowOf(page, series.metricId).locator('[data-part=value]')).toHaveText(
    '9223372036854775807',
  )
})

test('a link that is open and silent is told within 3 s', async ({ page }) => {
  test.slow()
  const link = await cable(page)
  const { path, metrics } = await findPlc(page)
  await page.goto(`${path}?metric=${metrics[0]}&range=5m`)
  const present = page.locator(`[data-pen="${metrics[0]}"] [data-part=present]`)
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  await expect(present).toHaveAttribute('data-state', /good|uncertain/)
  await expect(page.locator('[data-metric][data-stale=false]').first()).toBeVisible()

  link.mute()
  // The last message may have come just before; the page looks four times a second.
  await expect(page.locator('[data-phase=silent]')).toBeVisible({ timeout: 3_500 })
  await expect(present).toHaveAttribute('data-state', 'stale', { timeout: 250 })
  await expect(page.locator('[data-metric][data-stale=false]')).toHaveCount(0, { timeout: 250 })
  link.unmute()
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  await expect(present).toHaveAttribute('data-state', /good|uncertain/)
})

test('a closed link is told within 2 s, and what was missed is there when it is back', async ({
  page,
  complaints,
}) => {
  test.slow()
  const link = await cable(page)
  const { path, metrics } = await findPlc(page)
  await page.goto(`${path}?metric=${metrics[0]}&range=5m`)
  const present = page.locator(`[data-pen="${metrics[0]}"] [data-part=present]`)
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  await expect(present).toHaveAttribute('data-state', /good|uncertain/)

  await link.pull()
  await expect(present).toHaveAttribute('data-state', 'stale', { timeout: 2_000 })
  await expect(page.locator('[data-metric][data-stale=false]')).toHaveCount(0, { timeout: 250 })
  await expect(page.locator('[data-test=link-banner]')).toBeVisible()
  await page.waitForTimeout(6_000)

  link.heard.length = 0
  link.plug()
  const history = page.waitForResponse(/\/api\/telemetry\//)
  await expect(page.locator('[data-phase=live]')).toBeVisible({ timeout: 20_000 })
  await history
  // It begins with all that is, with units and types: what changed meanwhile is among it.
  expect(link.heard.filter((text) => text.includes('"dataType"')).length).toBeGreaterThan(0)
  await expect(page.locator('[data-test=link-banner]')).toBeHidden()
  await expect(present).toHaveAttribute('data-state', /good|uncertain/)
  forgive(complaints, /WebSocket/)
})

test('a tab that nobody sees closes its connection and asks for nothing', async ({ page }) => {
  test.slow()
  const { path, metrics } = await findPlc(page)
  let open = 0
  page.on('websocket', (socket) => {
    if (!socket.url().includes('/ws')) return
    open++
    socket.on('close', () => open--)
  })
  await page.goto(`${path}?metric=${metrics[0]}&range=5m`)
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  expect(open).toBe(1)

  // A headless browser hides no tab; the page is told so.
  const setVisibility = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
      Object.defineProperty(document, 'hidden', { configurable: true, value: state === 'hidden' })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, state)
  await setVisibility('hidden')
  // A glance at another tab is not worth a reconnect.
  await page.waitForTimeout(3_000)
  expect(open).toBe(1)
  await expect.poll(() => open, { timeout: 5_000 }).toBe(0)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.waitForTimeout(6_000)
  expect(asked.filter((url) => /\/(api|ws)\b/.test(url))).toEqual([])

  await setVisibility('visible')
  await expect.poll(() => open).toBe(1)
  await expect(page.locator('[data-phase=live]')).toBeVisible()
  await expect(page.locator(`[data-pen="${metrics[0]}"] [data-part=present]`)).toHaveAttribute(
    'data-state',
    /good|uncertain/,
  )
})

test('where WebSocket is blocked the page asks, and says so', async ({ page, complaints }) => {
  test.slow()
  await page.routeWebSocket(/\/ws(\?|$)/, (socket) => void socket.close({ code: 1011 }))
  const { path, metrics } = await findPlc(page)
  await page.goto(`${path}?metric=${metrics[0]}&range=5m`)
  await expect(page.locator('[data-test=link-banner]')).toContainText(
    'se consultan cada 5 segundos',
    { timeout: 20_000 },
  )
  const row = rowOf(page, metrics[0])
  await expect(row).toHaveAttribute('data-stale', 'false', { timeout: 10_000 })
  const before = await row.locator('[data-part=value]').textContent()
  await expect
    .poll(() => row.locator('[data-part=value]').textContent(), { timeout: 20_000 })
    .not.toBe(before)
  forgive(complaints, /WebSocket/)
})
