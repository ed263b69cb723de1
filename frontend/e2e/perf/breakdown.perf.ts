import { expect, test } from '@playwright/test'
import { PerfServer } from './server.ts'
import { DASHBOARD_PATH, TILES, TRENDS } from './world.ts'
test('breakdown', async ({ page }) => {
  const server = new PerfServer()
  const address = await server.start()
  await page.setViewportSize({
    width: Number(process.env['W'] ?? 1440),
    height: Number(process.env['H'] ?? 900),
  })
  await page.goto(address + DASHBOARD_PATH)
  await expect(page.locator('[data-widget]')).toHaveCount(TILES + TRENDS)
  await expect(page.locator('[data-test=pen-chart] canvas').first()).toBeVisible()
  const cdp = await page.context().newCDPSession(page)
  server.stream(5, Number(process.env['M'] ?? 1))
  await page.waitForTimeout(6000)
  const events: any[] = []
  cdp.on('Tracing.dataCollected', ({ value }) => {
    events.push(...value)
  })
  await cdp.send('Tracing.start', {
    traceConfig: {
      includedCategories: [
        'toplevel',
        'devtools.timeline',
        'disabled-by-default-devtools.timeline',
        'devtools.timeline.frame',
        'v8',
        'blink',
        'cc',
      ],
    },
    transferMode: 'ReportEvents',
  })
  await page.waitForTimeout(8000)
  const done = new Promise((r) => cdp.once('Tracing.tracingComplete', r))
  await cdp.send('Tracing.end')
  await done
  const raf = events.filter((e) => e.name === 'FireAnimationFrame')
  const c: any = {}
  for (const e of raf) c[e.pid + '/' + e.tid] = (c[e.pid + '/' + e.tid] ?? 0) + 1
  const main = Object.entries(c).sort((a: any, b: any) => b[1] - a[1])[0]![0]
  const mine = events
    .filter((e) => e.pid + '/' + e.tid === main && e.ph === 'X')
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur)
  const tasks = mine
    .filter((e) => /RunTask$/.test(e.name))
    .filter(
      (e, i, all) =>
        !all.some(
          (o, j) => j < i && o.ts <= e.ts && o.ts + o.dur >= e.ts + e.dur && o !== e && j > i - 3,
        ),
    )
  const heavy = tasks.filter((e) => (e.tdur ?? 0) > Number(process.env['OVER'] ?? 8000))
  const self: any = {}
  const n: any = {}
  for (const task of heavy) {
    const inside = mine.filter((e) => e.ts >= task.ts && e.ts + e.dur <= task.ts + task.dur)
    const stack: any[] = []
    for (const e of inside) {
      while (stack.length && stack.at(-1).ts + stack.at(-1).dur <= e.ts) stack.pop()
      const t = e.tdur ?? 0
      self[e.name] = (self[e.name] ?? 0) + t / heavy.length
      n[e.name] = (n[e.name] ?? 0) + 1 / heavy.length
      if (stack.length) self[stack.at(-1).name] -= t / heavy.length
      stack.push(e)
    }
  }
  console.warn(
    'heavy tasks',
    heavy.length,
    heavy.map((e) => Math.round(e.tdur / 100) / 10).join(' '),
  )
  const total = Object.values(self).reduce((a: any, b: any) => a + b, 0) as number
  console.warn(
    'total tdur ms',
    total / 1000,
    'frames',
    raf.length,
    'with tdur',
    mine.filter((e) => e.tdur !== undefined).length,
    'of',
    mine.length,
  )
  for (const [k, v] of Object.entries(self)
    .sort((a: any, b: any) => b[1] - a[1])
    .slice(0, 28) as any)
    console.warn((v / 1000).toFixed(1), k, n[k])
  console.warn(
    [...new Set(events.filter((e) => /Frame/.test(e.name)).map((e) => e.name))].join(' '),
  )
  server.stop()
})
