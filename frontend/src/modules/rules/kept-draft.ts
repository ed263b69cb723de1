import * as v from 'valibot'
import { modeSchema, ruleSchema } from '@/contract/rules'

const text = v.string()
const optionalNumber = v.nullable(v.number())
const draftSchema = v.object({
  name: text,
  enabled: v.boolean(),
  priority: optionalNumber,
  tenant: text,
  province: text,
  plant: text,
  gatewayId: text,
  plcId: text,
  metricId: text,
  mode: modeSchema,
  rawRetentionDays: optionalNumber,
  hourlyRetentionDays: optionalNumber,
})

/** Work that was not saved: what it had become, and from which rule it began. */
const keptSchema = v.object({ at: v.number(), draft: draftSchema, began: v.nullable(ruleSchema) })
export type KeptDraft = v.InferOutput<typeof keptSchema>

/** Keeps what was not saved through a reload, a closed tab or a session that ends. */
export interface DraftKeeper {
  read: () => KeptDraft | null
  write: (kept: KeptDraft) => void
  forget: () => void
}

export function createDraftKeeper(owner: string, what: string): DraftKeeper {
  const key = `vigia.rule-draft.${owner}.${what}`
  return {
    read: () => {
      try {
        const stored = localStorage.getItem(key)
        if (stored === null) return null
        const parsed = v.safeParse(keptSchema, JSON.parse(stored))
        return parsed.success ? parsed.output : null
      } catch {
        return null
      }
    },
    write: (kept) => {
      try {
        localStorage.setItem(key, JSON.stringify(kept))
      } catch {
        // Without storage the work lasts as long as the page.
      }
    },
    forget: () => {
      try {
        localStorage.removeItem(key)
      } catch {
        // There was nothing to forget.
      }
    },
  }
}
