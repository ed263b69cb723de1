import type { Page } from '@playwright/test'
import { call, listed } from './stack-api.ts'
import { publish } from './stack-broker.ts'

interface Gateway {
  tenant: string
  province: string
  site: string
  gatewayId: string
}

/** A PLC of its own, which no simulator plays. */
const PLC = 'rules-e2e'

/** A series that only the test speaks for, by a gateway that is there. */
export class TestSeries {
  readonly plcId = PLC
  readonly gateway: Gateway
  readonly metricId: string

  private constructor(gateway: Gateway, metricId: string) {
    this.gateway = gateway
    this.metricId = metricId
  }

  static async create(page: Page): Promise<TestSeries> {
    const [gateway] = await listed<Gateway>(page, '/api/gateways?limit=1')
    return new TestSeries(gateway!, `rules_e2e_${String(Date.now())}`)
  }

  get topic(): string {
    const { tenant, province, site, gatewayId } = this.gateway
    return `factory/${tenant}/${province}/${site}/gateway/${gatewayId}/telemetry`
  }

  /** A sample as the contract has it, with parts of it replaced. */
  sample(value: unknown, part: object = {}): object {
    const { plcId, metricId } = this
    return { plcId, metricId, value, dataType: 'float', unit: 'celsius', quality: 'GOOD', ...part }
  }

  envelope(part: object): object {
    const { tenant, province, site, gatewayId } = this.gateway
    const names = { tenant, province, plant: site, gatewayId }
    return { timestamp: Date.now(), type: 'telemetry', ...names, ...part }
  }

  async send(value: number, timestamp = Date.now()): Promise<void> {
    const message = this.envelope({ schemaVersion: 1, ...this.sample(value), timestamp })
    await publish(this.topic, JSON.stringify(message))
  }

  /** The last value heard, whatever is kept of it. */
  async heard(page: Page): Promise<number | undefined> {
    const { body } = await call(page, 'GET', `/api/plcs/${this.address}/state?${this.tenant}`)
    const { values } = body as { values?: Record<string, { value: number } | undefined> }
    return values?.[this.metricId]?.value
  }

  /** What the event history holds of it. */
  async stored(page: Page): Promise<number[]> {
    const items = await listed<{ value: number }>(page, this.historyPath('raw'))
    return items.map(({ value }) => value).sort((a, b) => a - b)
  }

  /** How many samples its hourly rows count. */
  async counted(page: Page): Promise<number> {
    const items = await listed<{ count: number }>(page, this.historyPath('hourly'))
    return items.reduce((sum, { count }) => sum + count, 0)
  }

  private get address(): string {
    return `${this.gateway.site}/${this.plcId}`
  }

  private get tenant(): string {
    return `tenant=${this.gateway.tenant}`
  }

  private historyPath(resolution: string): string {
    const hour = 3_600_000
    const from = new Date(Date.now() - hour).toISOString()
    const to = new Date(Date.now() + hour).toISOString()
    const query = `${this.tenant}&metric=${this.metricId}&from=${from}&to=${to}`
    return `/api/telemetry/${this.address}?${query}&resolution=${resolution}`
  }
}
