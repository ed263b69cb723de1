export interface TopicNames {
  tenant: string
  province: string
  plant: string
  gatewayId: string
}

export const TOPIC_NAMES = ['tenant', 'province', 'plant', 'gatewayId'] as const

/** The names in a telemetry topic; null when it has another form. */
export function parseTopic(topic: string): TopicNames | null {
  const levels = topic.split('/')
  const [factory, tenant, province, plant, word, gatewayId, last] = levels
  if (levels.length !== 7 || factory !== 'factory' || word !== 'gateway' || last !== 'telemetry') {
    return null
  }
  if (!tenant || !province || !plant || !gatewayId) return null
  return { tenant, province, plant, gatewayId }
}

/** What the payload says of each name; a name it does not say, or not as text, is missing. */
export function namesInPayload(payload: string): Partial<TopicNames> {
  try {
    const parsed: unknown = JSON.parse(payload)
    if (typeof parsed !== 'object' || parsed === null) return {}
    const said = new Map<string, unknown>(Object.entries(parsed))
    return Object.fromEntries(
      TOPIC_NAMES.flatMap((name) => {
        const value = said.get(name)
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
  } catch {
    return {}
  }
}
