import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Dashboard, Layout, WidgetContent } from '@/contract/dashboards'
import { createUndo, type Undo } from '@/modules/dashboards/editor/undo'
import {
  documentOf,
  isSameDocument,
  MAX_WIDGETS,
  nextKey,
  placesOf,
  withPlaces,
  type DashboardDocument,
} from '@/modules/dashboards/model/document'
import { faultsOf, type Fault } from '@/modules/dashboards/model/faults'
import {
  bottomOf,
  compact,
  findRoom,
  moveBy,
  place,
  resizeBy,
  settle,
  type Placed,
  type Size,
  type Step,
} from '@/modules/dashboards/model/layout'
import { factsOf } from '@/modules/dashboards/model/widget-types'

export type NewWidget = Omit<WidgetContent, 'widgetKey' | 'layout'>

export interface Editor {
  document: ComputedRef<DashboardDocument>
  /** The newest version of the server that is known here. */
  base: ShallowRef<Dashboard>
  /** The version this work began from, which the server compares with its own. */
  version: ShallowRef<number>
  isDirty: ComputedRef<boolean>
  history: Pick<Undo<DashboardDocument>, 'canUndo' | 'canRedo' | 'undo' | 'redo' | 'settle'>
  /** Where everything stands, without overlaps. */
  places: ComputedRef<Placed[]>
  faults: ComputedRef<ReadonlyMap<string, Fault[]>>
  selected: Readonly<ShallowRef<string | null>>
  select: (key: string | null) => void
  selectedWidget: ComputedRef<WidgetContent | undefined>
  /** Name or icon. */
  rename: (change: Partial<Pick<DashboardDocument, 'name' | 'iconUrl'>>) => void
  /** What a widget shows. `field` makes the letters of one entry one step of undo. */
  change: (key: string, change: Partial<WidgetContent>, field: string) => void
  arrange: (places: readonly Placed[]) => void
  move: (key: string, step: Step) => void
  resize: (key: string, step: Step) => void
  putAt: (key: string, layout: Layout) => void
  /** Adds some and selects the first; as many as there is room for. */
  add: (widgets: readonly NewWidget[], sizes?: readonly Size[]) => number
  duplicate: (key: string) => void
  remove: (key: string) => void
  closeGaps: () => void
  /** Goes on from what is saved. Undo leads back to what was here. */
  adopt: (saved: Dashboard) => void
  /** Notes what was saved of this work, which may have gone on meanwhile. */
  noteSaved: (saved: Dashboard) => void
  /** Takes up work that was left. */
  resume: (document: DashboardDocument, version: number) => void
}

/** A dashboard being edited. Nothing of it leaves this browser before it is saved. */
export function createEditor(start: Dashboard): Editor {
  const base = shallowRef(start)
  const version = shallowRef(start.version)
  const undo = createUndo<DashboardDocument>(documentOf(start))
  const document = undo.present
  const selected = shallowRef<string | null>(null)
  /** Also of widgets that were deleted: undo brings them back. */
  const usedKeys = new Set(start.widgets.map(({ widgetKey }) => widgetKey))

  const places = computed(() => settle(placesOf(document.value.widgets)))
  const byKey = computed(
    () => new Map(document.value.widgets.map((widget) => [widget.widgetKey, widget])),
  )

  function newKey(): string {
    const key = nextKey(usedKeys)
    usedKeys.add(key)
    return key
  }

  function commitWidgets(widgets: readonly WidgetContent[], what?: string): void {
    undo.commit({ ...document.value, widgets }, what)
  }

  function arrange(next: readonly Placed[]): void {
    const widgets = withPlaces(document.value.widgets, next)
    const isChanged = widgets.some((widget, index) => widget !== document.value.widgets[index])
    if (isChanged) commitWidgets(widgets)
  }

  function select(key: string | null): void {
    selected.value = key
  }

  return {
    document,
    base,
    version,
    selected,
    select,
    places,
    history: undo,
    isDirty: computed(() => !isSameDocument(document.value, documentOf(base.value))),
    faults: computed(() => {
      const all = document.value.widgets.map(
        (widget) => [widget.widgetKey, faultsOf(widget)] as const,
      )
      return new Map(all.filter(([, faults]) => faults.length > 0))
    }),
    selectedWidget: computed(() =>
      selected.value === null ? undefined : byKey.value.get(selected.value),
    ),
    rename: (change) => {
      undo.commit({ ...document.value, ...change }, `document.${Object.keys(change).join()}`)
    },
    change: (key, change, field) => {
      const widgets = document.value.widgets.map((widget) =>
        widget.widgetKey === key ? { ...widget, ...change } : widget,
      )
      commitWidgets(widgets, `${key}.${field}`)
    },
    arrange,
    move: (key, step) => {
      arrange(moveBy(places.value, key, step))
    },
    resize: (key, step) => {
      const widget = byKey.value.get(key)
      if (widget) arrange(resizeBy(places.value, key, step, factsOf(widget.type).least))
    },
    putAt: (key, layout) => {
      arrange(place(places.value, key, layout))
    },
    add: (widgets, sizes = []) => {
      const room = MAX_WIDGETS - document.value.widgets.length
      const standing: Placed[] = [...places.value]
      // Together and below the others, so that they are found; one alone fills a gap.
      const top = widgets.length > 1 ? bottomOf(standing) : 0
      const added = widgets.slice(0, Math.max(0, room)).map((widget, index) => {
        const size = sizes[index] ?? factsOf(widget.type).usual
        const above: Placed[] = top > 0 ? [{ key: '', layout: { x: 0, y: 0, w: 12, h: top } }] : []
        const layout = findRoom([...standing, ...above], size)
        const key = newKey()
        standing.push({ key, layout })
        return { ...widget, widgetKey: key, layout }
      })
      if (added.length === 0) return 0
      commitWidgets([...withPlaces(document.value.widgets, places.value), ...added])
      select(added[0]?.widgetKey ?? null)
      return added.length
    },
    duplicate: (key) => {
      const widget = byKey.value.get(key)
      const from = places.value.find((item) => item.key === key)?.layout
      if (!widget || !from || document.value.widgets.length >= MAX_WIDGETS) return
      const copy = { ...widget, widgetKey: newKey(), layout: findRoom(places.value, from) }
      commitWidgets([...withPlaces(document.value.widgets, places.value), copy])
      select(copy.widgetKey)
    },
    remove: (key) => {
      commitWidgets(document.value.widgets.filter(({ widgetKey }) => widgetKey !== key))
      if (selected.value === key) select(null)
    },
    closeGaps: () => {
      arrange(compact(places.value))
    },
    adopt: (saved) => {
      base.value = saved
      version.value = saved.version
      undo.commit(documentOf(saved))
    },
    noteSaved: (saved) => {
      base.value = saved
      version.value = saved.version
      undo.settle()
    },
    resume: (left, begun) => {
      version.value = begun
      for (const { widgetKey } of left.widgets) usedKeys.add(widgetKey)
      undo.commit(left)
    },
  }
}
