import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { Layout } from '@/contract/dashboards'
import type { Editor } from '@/modules/dashboards/editor/use-editor'
import {
  clampPlace,
  clampSize,
  GRID_COLUMNS,
  place,
  type Placed,
} from '@/modules/dashboards/model/layout'
import { factsOf } from '@/modules/dashboards/model/widget-types'
import { GRID_GAP, ROW_HEIGHT } from '@/modules/dashboards/view/grid-size'

export const DRAG_KIND = { move: 'move', resize: 'resize' } as const
export type DragKind = (typeof DRAG_KIND)[keyof typeof DRAG_KIND]

/** A hand is never quite still: less than this is a click. */
const THRESHOLD_PX = 5
/** This near to the edge of the window, the page scrolls on by itself. */
const EDGE_PX = 56
const SCROLL_PX = 12
/** The click of a drag's end comes within this. */
const CLICK_MS = 50

export interface Drag {
  /** Where everything would stand if it was let go now; null while nothing is dragged. */
  preview: ShallowRef<readonly Placed[] | null>
  dragged: ShallowRef<string | null>
  start: (event: PointerEvent, key: string, kind: DragKind) => void
  /** The click that a browser reports after a drag was none. */
  justDragged: () => boolean
}

interface Grip {
  key: string
  kind: DragKind
  from: Layout
  places: readonly Placed[]
  pointerId: number
  target: Element
  /** In the page, not in the window: it may scroll meanwhile. */
  pageX: number
  pageY: number
  clientX: number
  clientY: number
  hasMoved: boolean
}

/** Moves and resizes by mouse, pen and touch. What is in the way makes way only as long as it is in the way. */
export function useDrag(editor: Editor, grid: () => HTMLElement | null): Drag {
  const preview = shallowRef<readonly Placed[] | null>(null)
  const dragged = shallowRef<string | null>(null)
  let grip: Grip | null = null
  let scrolling = 0
  let endedAt = -Infinity

  function cellWidth(): number {
    const width = grid()?.clientWidth ?? 0
    return (width + GRID_GAP) / GRID_COLUMNS
  }

  function follow(): void {
    if (!grip) return
    const dx = grip.clientX + window.scrollX - grip.pageX
    const dy = grip.clientY + window.scrollY - grip.pageY
    if (!grip.hasMoved && Math.hypot(dx, dy) < THRESHOLD_PX) return
    grip.hasMoved = true
    dragged.value = grip.key
    const columns = Math.round(dx / cellWidth())
    const rows = Math.round(dy / (ROW_HEIGHT + GRID_GAP))
    const { from, key, places, kind } = grip
    const type = editor.document.value.widgets.find(({ widgetKey }) => widgetKey === key)?.type
    const wanted =
      kind === DRAG_KIND.move
        ? clampPlace({ ...from, x: from.x + columns, y: from.y + rows })
        : clampSize({ ...from, w: from.w + columns, h: from.h + rows }, factsOf(type ?? '').least)
    preview.value = place(places, key, wanted)
  }

  function scrollAtEdge(): void {
    if (!grip?.hasMoved) return
    const below = grip.clientY - (window.innerHeight - EDGE_PX)
    const above = EDGE_PX * 2 - grip.clientY
    if (below > 0) window.scrollBy(0, SCROLL_PX)
    else if (above > 0) window.scrollBy(0, -SCROLL_PX)
    if (below > 0 || above > 0) follow()
    scrolling = requestAnimationFrame(scrollAtEdge)
  }

  function onMove(event: PointerEvent): void {
    if (event.pointerId !== grip?.pointerId) return
    grip.clientX = event.clientX
    grip.clientY = event.clientY
    const began = grip.hasMoved
    follow()
    if (!began && grip.hasMoved) scrolling = requestAnimationFrame(scrollAtEdge)
  }

  function end(isTaken: boolean): void {
    if (!grip) return
    const places = preview.value
    const { hasMoved } = grip
    if (hasMoved) endedAt = performance.now()
    release()
    if (isTaken && hasMoved && places) editor.arrange(places)
  }

  function release(): void {
    if (grip?.target.hasPointerCapture(grip.pointerId)) {
      grip.target.releasePointerCapture(grip.pointerId)
    }
    grip = null
    preview.value = null
    dragged.value = null
    cancelAnimationFrame(scrolling)
    window.removeEventListener('pointermove', onMove)
    window.removeEventListener('pointerup', onUp)
    window.removeEventListener('pointercancel', onCancel)
    window.removeEventListener('keydown', onKey, true)
  }

  function onUp(event: PointerEvent): void {
    if (event.pointerId === grip?.pointerId) end(true)
  }
  function onCancel(event: PointerEvent): void {
    if (event.pointerId === grip?.pointerId) end(false)
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    end(false)
  }

  onScopeDispose(release)

  return {
    preview,
    dragged,
    justDragged: () => performance.now() - endedAt < CLICK_MS,
    start: (event, key, kind) => {
      const from = editor.places.value.find((item) => item.key === key)?.layout
      if (grip || event.button !== 0 || !from || !(event.currentTarget instanceof Element)) return
      grip = {
        key,
        kind,
        from,
        places: editor.places.value,
        pointerId: event.pointerId,
        target: event.currentTarget,
        pageX: event.clientX + window.scrollX,
        pageY: event.clientY + window.scrollY,
        clientX: event.clientX,
        clientY: event.clientY,
        hasMoved: false,
      }
      event.currentTarget.setPointerCapture(event.pointerId)
      window.addEventListener('pointermove', onMove)
      window.addEventListener('pointerup', onUp)
      window.addEventListener('pointercancel', onCancel)
      window.addEventListener('keydown', onKey, true)
    },
  }
}
