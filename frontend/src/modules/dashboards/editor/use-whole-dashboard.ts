import { shallowRef, type ShallowRef } from 'vue'
import {
  dashboardSchema,
  transferredDashboardSchema,
  type TransferredDashboard,
} from '@/contract/dashboards'
import { queryString, useApi } from '@/core/http/api-client'
import type { Editor } from '@/modules/dashboards/editor/use-editor'
import type { Saving } from '@/modules/dashboards/editor/use-saving'
import { readDocument } from '@/modules/dashboards/model/read-document'

export interface WholeDashboard {
  /** Makes a former version the present one. Undo still leads to what was here. */
  restore: (version: number) => Promise<boolean>
  /** Puts the document of a file in the place of what is saved. */
  importFile: (file: File) => Promise<boolean>
  remove: () => Promise<boolean>
  isRemoved: ShallowRef<boolean>
  /** The file was none that could be read as JSON. */
  isUnreadable: ShallowRef<boolean>
  /** Widgets of what was imported whose metric this PLC has never sent. */
  unknownMetrics: ShallowRef<TransferredDashboard['unknownMetrics']>
}

/** What is done with a dashboard as a whole, at once and for everybody. */
export function useWholeDashboard(editor: Editor, saving: Saving): WholeDashboard {
  const api = useApi()
  const isRemoved = shallowRef(false)
  const isUnreadable = shallowRef(false)
  const unknownMetrics = shallowRef<TransferredDashboard['unknownMetrics']>([])
  const path = (): string => `/api/admin/dashboards/${editor.base.value.id}`
  const version = (): number => editor.version.value

  return {
    isRemoved,
    isUnreadable,
    unknownMetrics,
    restore: async (former) => {
      const restored = await saving.write(() =>
        api.post(
          `${path()}/versions/${String(former)}/restore`,
          { version: version() },
          dashboardSchema,
        ),
      )
      if (!restored) return false
      editor.adopt(restored)
      saving.announce()
      return true
    },
    importFile: async (file) => {
      isUnreadable.value = false
      unknownMetrics.value = []
      const document = readDocument(await file.text())
      isUnreadable.value = document === null
      if (document === null) return false
      const imported = await saving.write(async () => {
        const query = queryString({ version: version() })
        const answer = await api.post(
          `/api/admin/plcs/${editor.base.value.plcId}/dashboard/import${query}`,
          document,
          transferredDashboardSchema,
        )
        unknownMetrics.value = answer.unknownMetrics
        return answer
      })
      if (!imported) return false
      editor.adopt(imported)
      saving.announce()
      return true
    },
    remove: async () => {
      const gone = await saving.write(async () => {
        await api.send('DELETE', path() + queryString({ version: version() }))
        return editor.base.value
      })
      if (!gone) return false
      isRemoved.value = true
      saving.announce()
      return true
    },
  }
}
