/** The height of a row, and what is free between two tiles, in pixels. */
export const ROW_HEIGHT = 80
export const GRID_GAP = 12

/** On a wall: high enough for figures of 40 pixels, and no higher than a tile looks filled. */
const WALL_LEAST = 136
const WALL_MOST = 240

/** The height of rows on a wall, so that as many fill what there is of it, in pixels. */
export function wallRowHeight(rows: number, available: number): number {
  const each = Math.floor((available + GRID_GAP) / Math.max(1, rows)) - GRID_GAP
  return Math.min(WALL_MOST, Math.max(WALL_LEAST, each))
}
