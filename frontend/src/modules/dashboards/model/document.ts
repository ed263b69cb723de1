import { WIDGET_TYPE, type Dashboard, type WidgetContent } from '@/contract/dashboards'
import { isSameJson } from '@/core/json/same-json'
import { inReadingOrder, type Placed } from '@/modules/dashboards/model/layout'

/**
 * What somebody edits: a dashboard without ids. A widget is known by its key, which stays when it is
 * deleted and comes back by undo; the server's ids are put to the keys when it is saved.
 */
export interface DashboardDocument {
  name: string
  iconUrl: string | null
  widgets: readonly WidgetContent[]
}

export const MAX_WIDGETS = 200

export function contentOf(widget: WidgetContent): WidgetContent {
  const { widgetKey, type, label, metricId, unit, dataType, layout, options } = widget
  return { widgetKey, type, label, metricId, unit, dataType, layout, options }
}

export function documentOf({ name, iconUrl, widgets }: Dashboard): DashboardDocument {
  return { name, iconUrl, widgets: widgets.map(contentOf) }
}

export function placesOf(widgets: readonly WidgetContent[]): Placed[] {
  return widgets.map(({ widgetKey, layout }) => ({ key: widgetKey, layout }))
}

/** The same widgets at other places. */
export function withPlaces(
  widgets: readonly WidgetContent[],
  places: readonly Placed[],
): WidgetContent[] {
  const byKey = new Map(places.map(({ key, layout }) => [key, layout]))
  return widgets.map((widget) => {
    const layout = byKey.get(widget.widgetKey) ?? widget.layout
    return isSameJson(layout, widget.layout) ? widget : { ...widget, layout }
  })
}

function sorted(widgets: readonly WidgetContent[]): WidgetContent[] {
  const placed = widgets.map((widget) => ({ key: widget.widgetKey, layout: widget.layout, widget }))
  return inReadingOrder(placed).map(({ widget }) => widget)
}

/** Whether two documents show the same; in which order they name their widgets shows nowhere. */
export function isSameDocument(a: DashboardDocument, b: DashboardDocument): boolean {
  const byKey = (widgets: readonly WidgetContent[]): Record<string, WidgetContent> =>
    Object.fromEntries(widgets.map((widget) => [widget.widgetKey, contentOf(widget)]))
  return (
    a.name === b.name &&
    a.iconUrl === b.iconUrl &&
    a.widgets.length === b.widgets.length &&
    isSameJson(byKey(a.widgets), byKey(b.widgets))
  )
}

/** What is sent to replace `present`: all widgets in reading order, those that are there already with their ids. */
export function bodyOf(document: DashboardDocument, present: Dashboard): object {
  const ids = new Map(present.widgets.map(({ widgetKey, id }) => [widgetKey, id]))
  return {
    version: present.version,
    name: document.name.trim(),
    iconUrl: document.iconUrl,
    widgets: sorted(document.widgets).map((widget) => ({
      ...contentOf(widget),
      ...(ids.has(widget.widgetKey) && { id: ids.get(widget.widgetKey) }),
    })),
  }
}

/** The key of the widget a fault of the server is about, such as `widgets[3].label`. */
export function keyOfField(document: DashboardDocument, field: string): string | undefined {
  const index = /^widgets\[(\d+)\]/.exec(field)?.[1]
  return index === undefined ? undefined : sorted(document.widgets)[Number(index)]?.widgetKey
}

/** The next key that none of these is: a key that was in use is not given again. */
export function nextKey(used: ReadonlySet<string>): string {
  let number = 1
  while (used.has(`w${String(number)}`)) number++
  return `w${String(number)}`
}

/** How two documents differ, by widget. */
export interface Difference {
  added: string[]
  removed: string[]
  changed: string[]
  /** Only their places or sizes. */
  moved: string[]
  /** Its own name, before and after. */
  renamed: { from: string; to: string } | null
  hasOtherIcon: boolean
}

export function differenceOf(from: DashboardDocument, to: DashboardDocument): Difference {
  const before = new Map(from.widgets.map((widget) => [widget.widgetKey, widget]))
  const after = new Map(to.widgets.map((widget) => [widget.widgetKey, widget]))
  const difference: Difference = {
    added: [],
    removed: from.widgets.filter(({ widgetKey }) => !after.has(widgetKey)).map(nameOf),
    changed: [],
    moved: [],
    renamed: from.name === to.name ? null : { from: from.name, to: to.name },
    hasOtherIcon: from.iconUrl !== to.iconUrl,
  }
  for (const [key, widget] of after) {
    const old = before.get(key)
    if (!old) difference.added.push(nameOf(widget))
    else if (!isSameJson({ ...contentOf(old), layout: 0 }, { ...contentOf(widget), layout: 0 }))
      difference.changed.push(nameOf(widget))
    else if (!isSameJson(old.layout, widget.layout)) difference.moved.push(nameOf(widget))
  }
  return difference
}

/** So much of a note tells which one is meant. */
const NOTE_LENGTH = 40

/** What people call a widget. A note is called by how it begins. */
export function nameOf({ label, metricId, widgetKey, type, options }: WidgetContent): string {
  if (label.trim() !== '') return label
  const { text } = options
  const note = type === WIDGET_TYPE.text && typeof text === 'string' ? text.trim() : ''
  if (note !== '') return note.length > NOTE_LENGTH ? `${note.slice(0, NOTE_LENGTH)}…` : note
  return metricId ?? widgetKey
}
