/** The height of a row, and what is free between two tiles, in pixels. */
export const ROW_HEIGHT = 80
export const GRID_GAP = 12
