import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { useSession } from '@/core/session/session'
import { useClock } from '@/core/time/clock'
import { createDraftStore, type Draft } from '@/modules/dashboards/editor/draft'
import type { Editor } from '@/modules/dashboards/editor/use-editor'
import { documentOf, isSameDocument } from '@/modules/dashboards/model/document'

/** A burst of changes is written once. */
const WRITE_MS = 500

export interface LocalDraft {
  /** The newest work that was left here, until it is taken up or thrown away. */
  left: ComputedRef<Draft | null>
  /** This browser does not keep what is changed. */
  isLost: ShallowRef<boolean>
  /** Goes on with what was left. Other drafts are offered when the editor is opened again. */
  takeUp: () => void
  /** Removes what was left, and offers the next. */
  throwAway: () => void
  /** Removes what is kept of the present work, and of nobody else's. */
  discard: () => void
  /** Writes what is waiting, as before the page goes away. */
  flush: () => void
}

/** Keeps unsaved work in this browser, and offers what was left there. */
export function useDraft(editor: Editor): LocalDraft {
  const clock = useClock()
  const { user } = useSession()
  const store = createDraftStore(editor.base.value.id, user.value?.email ?? '')
  const isLost = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  /** What other openings of the editor left, and what other tabs have not saved yet. */
  const offered = shallowRef(
    store.list().filter(({ owner, draft }) => {
      const isWorth = !isSameDocument(draft.document, documentOf(editor.base.value))
      if (!isWorth) store.remove(owner)
      return isWorth
    }),
  )

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (!editor.isDirty.value) {
      store.remove()
      return
    }
    const draft = {
      version: editor.version.value,
      savedAt: clock.now(),
      document: editor.document.value,
    }
    isLost.value = !store.write(draft)
  }

  watch([editor.document, editor.isDirty], () => {
    timer ??= setTimeout(write, WRITE_MS)
  })

  function flush(): void {
    if (timer !== undefined) write()
  }
  /** Another tab took it up or threw it away; the work is still here, and so is its draft. */
  function onStorage(event: StorageEvent): void {
    if (event.key === store.key && event.newValue === null) write()
  }
  window.addEventListener('pagehide', flush)
  window.addEventListener('storage', onStorage)
  onScopeDispose(() => {
    window.removeEventListener('pagehide', flush)
    window.removeEventListener('storage', onStorage)
    flush()
  })

  return {
    left: computed(() => offered.value[0]?.draft ?? null),
    isLost,
    takeUp: () => {
      const kept = offered.value[0]
      if (!kept) return
      offered.value = []
      editor.resume(kept.draft.document, kept.draft.version)
      write()
      if (!isLost.value) store.remove(kept.owner)
    },
    throwAway: () => {
      const kept = offered.value[0]
      if (!kept) return
      offered.value = offered.value.slice(1)
      store.remove(kept.owner)
    },
    discard: () => {
      clearTimeout(timer)
      timer = undefined
      store.remove()
    },
    flush,
  }
}
