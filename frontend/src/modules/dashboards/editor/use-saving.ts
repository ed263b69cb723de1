import { useQueryClient } from '@tanstack/vue-query'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { dashboardSchema, type Dashboard } from '@/contract/dashboards'
import { useApi } from '@/core/http/api-client'
import { ApiError, PROBLEM_CODE } from '@/core/http/api-error'
import type { Editor } from '@/modules/dashboards/editor/use-editor'
import { bodyOf, keyOfField } from '@/modules/dashboards/model/document'

/** What the server says of one widget, in its own words. */
export interface ServerFault {
  key: string | undefined
  field: string
  detail: string
}

/** Somebody else was faster. */
export interface Conflict {
  /** What this work began from. */
  began: Dashboard
  theirs: Dashboard
}

export interface Saving {
  isBusy: ShallowRef<boolean>
  failure: ShallowRef<unknown>
  serverFaults: ShallowRef<readonly ServerFault[]>
  /** What somebody else saved meanwhile, as long as it is not decided what becomes of it. */
  conflict: ShallowRef<Conflict | null>
  canSave: ComputedRef<boolean>
  /** Whether it was taken. */
  save: () => Promise<boolean>
  /** Puts this work in the place of what somebody else saved. */
  overwrite: () => Promise<boolean>
  /** Runs another write of this dashboard, with the same care for who was faster. */
  write: (run: () => Promise<Dashboard>) => Promise<Dashboard | null>
  /** Says to every page of this browser that the dashboard is another now. */
  announce: () => void
}

export function useSaving(editor: Editor): Saving {
  const api = useApi()
  const queries = useQueryClient()
  const isBusy = shallowRef(false)
  const failure = shallowRef<unknown>(null)
  const serverFaults = shallowRef<readonly ServerFault[]>([])
  const conflict = shallowRef<Conflict | null>(null)

  const path = (): string => `/api/admin/dashboards/${editor.base.value.id}`

  function announce(): void {
    void queries.invalidateQueries({ queryKey: ['dashboard'] })
    void queries.invalidateQueries({ queryKey: ['dashboards'] })
    void queries.invalidateQueries({ queryKey: ['dashboardVersions'] })
  }

  async function fetchConflict(): Promise<Conflict> {
    const theirs = await api.get(path(), {}, dashboardSchema)
    const { base, version } = editor
    if (base.value.version === version.value) return { began: base.value, theirs }
    // Work that was left here began from a version that is not the newest this page has seen.
    const former = `${path()}/versions/${String(version.value)}`
    const began = await api.get(former, {}, dashboardSchema).catch(() => base.value)
    return { began, theirs }
  }

  async function refuse(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.code === PROBLEM_CODE.staleVersion) {
      try {
        conflict.value = await fetchConflict()
        return
      } catch (cause) {
        failure.value = cause
        return
      }
    }
    const fields = error instanceof ApiError ? error.fields : []
    serverFaults.value = fields.map(({ field, detail }) => ({
      key: keyOfField(editor.document.value, field),
      field: field.replace(/^widgets\[\d+\]\./, ''),
      detail,
    }))
    failure.value = error
  }

  async function write(run: () => Promise<Dashboard>): Promise<Dashboard | null> {
    if (isBusy.value) return null
    isBusy.value = true
    failure.value = null
    serverFaults.value = []
    try {
      return await run()
    } catch (error) {
      await refuse(error)
      return null
    } finally {
      isBusy.value = false
    }
  }

  /** `present` is whose ids and version are sent. */
  async function put(present: Dashboard): Promise<boolean> {
    const body = bodyOf(editor.document.value, present)
    const saved = await write(() => api.put(path(), body, dashboardSchema))
    if (!saved) return false
    conflict.value = null
    editor.noteSaved(saved)
    announce()
    return true
  }

  return {
    isBusy,
    failure,
    serverFaults,
    conflict,
    canSave: computed(
      () =>
        editor.isDirty.value &&
        !isBusy.value &&
        editor.faults.value.size === 0 &&
        editor.document.value.name.trim() !== '',
    ),
    save: () => put({ ...editor.base.value, version: editor.version.value }),
    overwrite: async () => (conflict.value ? put(conflict.value.theirs) : false),
    write,
    announce,
  }
}
