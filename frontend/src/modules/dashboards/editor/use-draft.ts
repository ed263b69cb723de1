import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { useSession } from '@/core/session/session'
import { useClock } from '@/core/time/clock'
import { createDraftStore, type Draft } from '@/modules/dashboards/editor/draft'
import type { Editor } from '@/modules/dashboards/editor/use-editor'
import { documentOf, isSameDocument } from '@/modules/dashboards/model/document'

/** A burst of changes is written once. */
const WRITE_MS = 500

export interface LocalDraft {
  /** Work that was left here, until it is taken up or thrown away. */
  left: ShallowRef<Draft | null>
  /** This browser does not keep what is changed. */
  isLost: ShallowRef<boolean>
  takeUp: () => void
  throwAway: () => void
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

  const found = store.read()
  const isWorth = found && !isSameDocument(found.document, documentOf(editor.base.value))
  const left = shallowRef(isWorth ? found : null)
  if (found && !isWorth) store.remove()

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
  window.addEventListener('pagehide', flush)
  onScopeDispose(() => {
    window.removeEventListener('pagehide', flush)
    flush()
  })

  return {
    left,
    isLost,
    takeUp: () => {
      const draft = left.value
      if (!draft) return
      left.value = null
      editor.resume(draft.document, draft.version)
    },
    throwAway: () => {
      clearTimeout(timer)
      timer = undefined
      left.value = null
      store.remove()
    },
    flush,
  }
}
