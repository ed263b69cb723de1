/**
 * Accessibility and best practices of every page of the stack at BASE_URL, by Lighthouse; fails below 95.
 * STACK_EMAIL and STACK_PASSWORD log in. Lighthouse is fetched for this and is no dependency.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'

const LEAST = 0.95
const { BASE_URL, STACK_EMAIL, STACK_PASSWORD } = process.env
const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
if (!BASE_URL || !existsSync(chromium)) throw new Error('set BASE_URL, and CHROMIUM_PATH')

const answer = await fetch(`${BASE_URL}/api/auth/login`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: BASE_URL },
  body: JSON.stringify({ email: STACK_EMAIL, password: STACK_PASSWORD }),
})
if (!answer.ok) throw new Error(`the login answered ${answer.status}`)
const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')

const api = async (path) => (await fetch(BASE_URL + path, { headers: { cookie } })).json()
// A page without a dashboard has a request that finds none, of which the browser complains.
const [dashboard] = (await api('/api/admin/dashboards?limit=1')).items
const [first] = (await api('/api/plcs?limit=1')).items
const plc = dashboard ? { ...dashboard, plcId: dashboard.plc } : first
const [gateway] = (await api('/api/gateways?limit=1')).items
const plant = `${plc.tenant}/${plc.site}`
const pages = [
  '/',
  `/plant/${plant}`,
  `/gateway/${gateway.tenant}/${gateway.site}/${gateway.gatewayId}`,
  `/plc/${plant}/${plc.plcId}`,
  `/plc/${plant}/${plc.plcId}/dashboard`,
  `/plc/${plant}/${plc.plcId}/dashboard?edit=1`,
  ...['alarms', 'rules', 'rules/new', 'quarantine', 'system', 'dashboards'].map(
    (name) => `/${name}`,
  ),
  ...['users', 'tenants', 'plants', 'api-keys', 'audit', 'account'].map((name) => `/${name}`),
]

for (const page of pages) {
  const report = execFileSync(
    'npx',
    [
      ...[
        '--yes',
        'lighthouse@12.8.2',
        BASE_URL + page,
        '--quiet',
        '--preset=desktop',
        '--output=json',
      ],
      '--only-categories=accessibility,best-practices',
      '--chrome-flags=--headless --no-sandbox',
      `--extra-headers=${JSON.stringify({ cookie })}`,
    ],
    { env: { ...process.env, CHROME_PATH: chromium }, maxBuffer: 64 * 1024 * 1024 },
  )
  const { categories } = JSON.parse(report)
  const scores = [categories.accessibility.score, categories['best-practices'].score]
  process.stdout.write(`${scores.map((score) => Math.round(score * 100)).join(' ')} ${page}\n`)
  if (scores.some((score) => score < LEAST)) process.exitCode = 1
}
