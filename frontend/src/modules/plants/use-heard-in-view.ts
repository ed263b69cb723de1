import { onScopeDispose, watch } from 'vue'
import type { LiveFilter } from '@/contract/websocket'
import { useLive } from '@/core/live/live'

/** With more PLCs than this a page is not sent whole: what is in view asks for itself. */
export const MOST_HEARD_WHOLE = 150

/** What only scrolls by asks for nothing, and what was just left may be seen again. */
const ASK_AFTER_MS = 300
const KEEP_FOR_MS = 3_000

/** Listens to a filter as long as something is in view, which is while there is a filter. */
export function useHeardInView(wanted: () => LiveFilter | null): void {
  const live = useLive()
  let release: (() => void) | null = null
  watch(
    () => JSON.stringify(wanted()),
    (_text, _before, onCleanup) => {
      const filter = wanted()
      const timer = setTimeout(
        () => {
          release?.()
          release = filter && live.subscribe(filter)
        },
        filter ? ASK_AFTER_MS : KEEP_FOR_MS,
      )
      onCleanup(() => {
        clearTimeout(timer)
      })
    },
  )
  onScopeDispose(() => release?.())
}
