import { useQueryClient } from '@tanstack/vue-query'
import { shallowRef, type ShallowRef } from 'vue'
import { dashboardSchema, transferredDashboardSchema } from '@/contract/dashboards'
import { plcSchema } from '@/contract/rest'
import { useApi } from '@/core/http/api-client'
import type { PlcIdentity } from '@/core/live/live-store'
import { readDocument } from '@/modules/dashboards/model/read-document'

export interface DashboardMaker {
  isBusy: ShallowRef<boolean>
  /** The file was none that could be read as JSON. */
  isUnreadable: ShallowRef<boolean>
  make: (identity: PlcIdentity, name: string) => Promise<void>
  importFile: (identity: PlcIdentity, file: File) => Promise<void>
}

/** Gives a PLC its first dashboard. */
export function useMakeDashboard(): DashboardMaker {
  const api = useApi()
  const queries = useQueryClient()
  const isBusy = shallowRef(false)
  const isUnreadable = shallowRef(false)

  /** The address of a PLC's dashboard, by the id the server knows it by. */
  async function pathOf({ tenant, site, plcId }: PlcIdentity): Promise<string> {
    const path = `/api/plcs/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}`
    const { id } = await api.get(path, { tenant }, plcSchema)
    return `/api/admin/plcs/${id}/dashboard`
  }

  async function run(work: () => Promise<unknown>): Promise<void> {
    isBusy.value = true
    isUnreadable.value = false
    try {
      await work()
      // Not waited for: once it is there, who asked for it has gone from the page.
      void queries.invalidateQueries({ queryKey: ['dashboard'] })
      void queries.invalidateQueries({ queryKey: ['dashboards'] })
    } finally {
      isBusy.value = false
    }
  }

  return {
    isBusy,
    isUnreadable,
    make: (identity, name) =>
      run(async () => api.post(await pathOf(identity), { name, widgets: [] }, dashboardSchema)),
    importFile: (identity, file) =>
      run(async () => {
        const document = readDocument(await file.text())
        if (document === null) {
          isUnreadable.value = true
          throw new Error('the file is no JSON object')
        }
        await api.post(`${await pathOf(identity)}/import`, document, transferredDashboardSchema)
      }),
  }
}
