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

/** A draft, and which opening of the editor it is of. */
export interface KeptDraft {
  owner: string
  draft: Draft
}

export interface DraftStore {
  /** Where this opening of the editor keeps its own. */
  key: string
  /** What is kept of every opening, the newest first. */
  list: () => KeptDraft[]
  /** Whether the browser took it: its room is limited, and some give none. */
  write: (draft: Draft) => boolean
  /** Its own, if no other is named. */
  remove: (owner?: string) => void
}

/**
 * The drafts of one dashboard and one person: a tablet is shared, and what one left is not the
 * other's. Each opening of the editor has one of its own, for two tabs may edit at once.
 */
export function createDraftStore(
  dashboardId: string,
  email: string,
  owner: string = newOwner(),
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> = localStorage,
): DraftStore {
  // No address ends with a slash and more: who is called like the beginning of another is told apart.
  const prefix = `vigia.dashboardDraft.${dashboardId}.${email}/`
  const key = prefix + owner

  function read(from: string): Draft | null {
    try {
      const parsed = v.safeParse(draftSchema, parseExactJson(storage.getItem(from) ?? 'null'))
      return parsed.success ? parsed.output : null
    } catch {
      return null
    }
  }

  function list(): KeptDraft[] {
    const found: KeptDraft[] = []
    try {
      for (let index = 0; index < storage.length; index++) {
        const each = storage.key(index)
        const draft = each?.startsWith(prefix) ? read(each) : null
        if (each && draft) found.push({ owner: each.slice(prefix.length), draft })
      }
    } catch {
      // Where nothing can be kept there is nothing to find.
    }
    return found.sort((a, b) => b.draft.savedAt - a.draft.savedAt)
  }

  return {
    key,
    list,
    write: (draft) => {
      try {
        storage.setItem(key, stringifyExactJson(draft))
        return true
      } catch {
        return false
      }
    },
    remove: (of = owner) => {
      try {
        storage.removeItem(prefix + of)
      } catch {
        // Where nothing can be kept there is nothing to remove.
      }
    },
  }
}

/** Not `randomUUID`, which pages without TLS do not have. */
function newOwner(): string {
  return crypto.getRandomValues(new Uint32Array(2)).join('-')
}
