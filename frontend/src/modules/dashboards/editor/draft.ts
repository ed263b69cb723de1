import * as v from 'valibot'
import { widgetContentSchema } from '@/contract/dashboards'
import { optionalTextSchema } from '@/contract/common'
import { parseExactJson, stringifyExactJson } from '@/core/json/exact-json'
import type { DashboardDocument } from '@/modules/dashboards/model/document'

/** Work that was not saved, kept in this browser. */
export interface Draft {
  /** The version of the dashboard it began from. */
  version: number
  savedAt: number
  document: DashboardDocument
}

const draftSchema = v.object({
  version: v.number(),
  savedAt: v.number(),
  document: v.object({
    name: v.string(),
    iconUrl: optionalTextSchema,
    widgets: v.array(widgetContentSchema),
  }),
})

export interface DraftStore {
  read: () => Draft | null
  /** Whether the browser took it: its room is limited, and some give none. */
  write: (draft: Draft) => boolean
  remove: () => void
}

/** The draft of one dashboard and one person: a tablet is shared, and what one left is not the other's. */
export function createDraftStore(
  dashboardId: string,
  email: string,
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage,
): DraftStore {
  const key = `vigia.dashboardDraft.${dashboardId}.${email}`
  return {
    read: () => {
      try {
        const text = storage.getItem(key)
        if (text === null) return null
        const parsed = v.safeParse(draftSchema, parseExactJson(text))
        return parsed.success ? parsed.output : null
      } catch {
        return null
      }
    },
    write: (draft) => {
      try {
        storage.setItem(key, stringifyExactJson(draft))
        return true
      } catch {
        return false
      }
    },
    remove: () => {
      try {
        storage.removeItem(key)
      } catch {
        // Where nothing can be kept there is nothing to remove.
      }
    },
  }
}
