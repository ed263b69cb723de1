import type { Layout } from '@/contract/dashboards'

/** How many columns the grid has, whatever the screen. */
export const GRID_COLUMNS = 12
export const MAX_ROW = 10_000
export const MAX_HEIGHT = 50
/** Columns of a tablet held upright, and of a phone, where only lamps share a row. */
export const TABLET_COLUMNS = 6
export const PHONE_COLUMNS = 2
/** Rows left free on purpose; more of them in one go say nothing and are not shown. */
const MOST_EMPTY_ROWS = 2

/** Something on the grid, by a key of its own. */
export interface Placed {
  key: string
  layout: Layout
}

export interface Size {
  w: number
  h: number
}

/** A step of a widget: where it goes, or by how much it grows. */
export interface Step {
  dx: number
  dy: number
}

function overlaps(a: Layout, b: Layout): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

function isFree(layout: Layout, placed: readonly Placed[]): boolean {
  return !placed.some((other) => overlaps(layout, other.layout))
}

/** From the top, then from the left. */
export function inReadingOrder<Item extends Placed>(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x)
}

/** The place itself, or the first below it where nothing stands. */
function firstFreeBelow(layout: Layout, placed: readonly Placed[]): Layout {
  const free = { ...layout }
  // Each step passes one obstacle at least, so there is an end.
  for (;;) {
    const obstacle = placed.find((other) => overlaps(free, other.layout))
    if (!obstacle) return free
    free.y = obstacle.layout.y + obstacle.layout.h
  }
}

/**
 * What others wrote may overlap, or stand ten thousand rows further down: the same without either.
 * What is right already stays as it is.
 */
export function settle(items: readonly Placed[]): Placed[] {
  const placed: Placed[] = []
  let bottom = 0
  let lifted = 0
  for (const item of inReadingOrder(items)) {
    const w = Math.min(item.layout.w, GRID_COLUMNS)
    const x = Math.min(item.layout.x, GRID_COLUMNS - w)
    const empty = item.layout.y - lifted - bottom
    if (empty > MOST_EMPTY_ROWS) lifted += empty - MOST_EMPTY_ROWS
    const y = item.layout.y - lifted
    const layout = firstFreeBelow({ ...item.layout, x, y, w }, placed)
    bottom = Math.max(bottom, layout.y + layout.h)
    placed.push({ key: item.key, layout })
  }
  return inOrderOf(items, placed)
}

function inOrderOf(items: readonly Placed[], placed: readonly Placed[]): Placed[] {
  const byKey = new Map(placed.map((item) => [item.key, item]))
  return items.map((item) => byKey.get(item.key) ?? item)
}

/** Puts one where it is wanted; whatever stands there makes way downwards. */
export function place(items: readonly Placed[], key: string, wanted: Layout): Placed[] {
  const placed: Placed[] = [{ key, layout: wanted }]
  for (const item of inReadingOrder(items)) {
    if (item.key === key) continue
    placed.push({ key: item.key, layout: firstFreeBelow(item.layout, placed) })
  }
  return inOrderOf(items, placed)
}

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}

/** The nearest place on the grid. */
export function clampPlace(layout: Layout): Layout {
  return {
    ...layout,
    x: between(layout.x, 0, GRID_COLUMNS - layout.w),
    y: between(layout.y, 0, MAX_ROW),
  }
}

/** The nearest size that fits the grid and is not below what can be read. */
export function clampSize(layout: Layout, least: Size): Layout {
  return {
    ...layout,
    w: between(layout.w, Math.min(least.w, GRID_COLUMNS - layout.x), GRID_COLUMNS - layout.x),
    h: between(layout.h, least.h, MAX_HEIGHT),
  }
}

/** One step of a widget. It changes places with what stands in its way if that fits, and pushes it down otherwise. */
export function moveBy(items: readonly Placed[], key: string, step: Step): readonly Placed[] {
  const moved = items.find((item) => item.key === key)
  if (!moved) return items
  const { layout } = moved
  const wanted = clampPlace({ ...layout, x: layout.x + step.dx, y: layout.y + step.dy })
  if (wanted.x === layout.x && wanted.y === layout.y) return items
  return swap(items, moved, wanted, step) ?? place(items, key, wanted)
}

function swap(
  items: readonly Placed[],
  moved: Placed,
  wanted: Layout,
  { dx, dy }: Step,
): Placed[] | null {
  const inWay = items.filter((item) => item !== moved && overlaps(item.layout, wanted))
  if (inWay.length === 0) return null
  const { x, y, w, h } = moved.layout
  const starts = (axis: 'x' | 'y'): number => Math.min(...inWay.map(({ layout }) => layout[axis]))
  const ends = (axis: 'x' | 'y', size: 'w' | 'h'): number =>
    Math.max(...inWay.map(({ layout }) => layout[axis] + layout[size]))
  const target = { ...moved.layout }
  if (dx > 0) target.x = ends('x', 'w') - w
  else if (dx < 0) target.x = starts('x')
  else if (dy > 0) target.y = ends('y', 'h') - h
  else target.y = starts('y')
  const keys = new Set(inWay.map(({ key }) => key))
  const swapped = items.map((item) => {
    if (item === moved) return { key: item.key, layout: target }
    if (!keys.has(item.key)) return item
    const layout = { ...item.layout }
    if (dx !== 0) layout.x -= Math.sign(dx) * w
    else layout.y -= Math.sign(dy) * h
    return { key: item.key, layout }
  })
  const isOnGrid = swapped.every(
    ({ layout }) => layout.x >= 0 && layout.y >= 0 && layout.x + layout.w <= GRID_COLUMNS,
  )
  // Only a change of places: where it would move by more than one or land on a third, it pushes.
  const isClear = swapped.every((item, index) => isFree(item.layout, swapped.slice(index + 1)))
  return isOnGrid && isClear && (target.x !== x || target.y !== y) ? swapped : null
}

export function resizeBy(
  items: readonly Placed[],
  key: string,
  step: Step,
  least: Size,
): readonly Placed[] {
  const resized = items.find((item) => item.key === key)
  if (!resized) return items
  const { layout } = resized
  const wanted = clampSize({ ...layout, w: layout.w + step.dx, h: layout.h + step.dy }, least)
  if (wanted.w === layout.w && wanted.h === layout.h) return items
  return place(items, key, wanted)
}

/** The first free place of a size, from the top. */
export function findRoom(items: readonly Placed[], size: Size): Layout {
  for (let y = 0; ; y++) {
    for (let x = 0; x + size.w <= GRID_COLUMNS; x++) {
      const layout = { x, y, w: size.w, h: size.h }
      if (isFree(layout, items)) return layout
    }
  }
}

/** The first free row below all. */
export function bottomOf(items: readonly Placed[]): number {
  return Math.max(0, ...items.map(({ layout }) => layout.y + layout.h))
}

/** Everything as far up as it goes. */
export function compact(items: readonly Placed[]): Placed[] {
  const placed: Placed[] = []
  for (const item of inReadingOrder(items)) {
    const layout = { ...item.layout }
    while (layout.y > 0 && isFree({ ...layout, y: layout.y - 1 }, placed)) layout.y--
    placed.push({ key: item.key, layout })
  }
  return inOrderOf(items, placed)
}

/**
 * The same for a screen with room for fewer columns: in reading order, each with the width it has in
 * pixels on a wide screen, and the rest of a row filled. Nothing of it is ever saved.
 */
export function reflow(items: readonly Placed[], columns: number): Placed[] {
  const settled = settle(items)
  if (columns >= GRID_COLUMNS) return settled
  const placed: Placed[] = []
  let row = 0
  for (const { key, layout } of inReadingOrder(settled)) {
    const size = { w: narrowed(layout.w, columns), h: layout.h }
    const free = findRoomFrom(placed, size, row, columns)
    row = free.y
    placed.push({ key, layout: free })
  }
  for (const item of placed) {
    const others = placed.filter((other) => other !== item)
    const isWider = (): boolean => isFree({ ...item.layout, w: item.layout.w + 1 }, others)
    while (item.layout.x + item.layout.w < columns && isWider()) item.layout.w++
  }
  return inOrderOf(items, placed)
}

function narrowed(w: number, columns: number): number {
  if (columns === PHONE_COLUMNS) return w === 1 ? 1 : PHONE_COLUMNS
  return w > columns ? columns : w
}

function findRoomFrom(
  placed: readonly Placed[],
  size: Size,
  fromRow: number,
  columns: number,
): Layout {
  for (let y = fromRow; ; y++) {
    for (let x = 0; x + size.w <= columns; x++) {
      const layout = { x, y, w: size.w, h: size.h }
      if (isFree(layout, placed)) return layout
    }
  }
}
