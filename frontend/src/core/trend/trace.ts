/** The part of a canvas path that is used. */
export interface PathSink {
  moveTo: (x: number, y: number) => void
  lineTo: (x: number, y: number) => void
}

/** A row of points: where each one stands, and null where the line is interrupted. */
export interface Row {
  first: number
  end: number
  xAt: (place: number) => number
  yAt: (place: number) => number | null
  /** The height holds until the next point. */
  isStepped: boolean
  /** Until where the last height of a run holds, if it is not only a moment. */
  xEndAt?: ((place: number) => number) | undefined
}

/** With more points in a column of pixels than this, only the extremes of the column are drawn. */
const DENSE = 2

/**
 * Draws a row as a line, and tells which points stand alone: a line between one point is none.
 * However many points fall into one column of pixels, none of its extremes is lost.
 */
export function traceLine(sink: PathSink, row: Row, width: number): number[] {
  const { first, end, xAt, yAt, isStepped, xEndAt } = row
  const isDense = end - first > width * DENSE
  const lonely: number[] = []
  let length = 0
  let lastY = 0
  let column = Number.NaN
  let low = 0
  let high = 0

  function flush(): void {
    if (!isDense || length === 0) return
    sink.lineTo(column, low)
    sink.lineTo(column, high)
    sink.lineTo(column, lastY)
  }
  function finish(place: number): void {
    flush()
    if (length === 1 && !xEndAt) lonely.push(place)
    if (length > 0 && xEndAt) sink.lineTo(xEndAt(place), lastY)
    length = 0
    column = Number.NaN
  }

  let last = first
  for (let place = first; place < end; place++) {
    const y = yAt(place)
    if (y === null) {
      finish(last)
      continue
    }
    last = place
    const x = isDense ? Math.round(xAt(place)) : xAt(place)
    if (isDense && x === column) {
      low = Math.min(low, y)
      high = Math.max(high, y)
    } else {
      flush()
      if (length === 0) sink.moveTo(x, y)
      else {
        if (isStepped) sink.lineTo(x, lastY)
        sink.lineTo(x, y)
      }
      column = x
      low = high = y
    }
    lastY = y
    length++
  }
  finish(last)
  return lonely
}

/** A band between two heights of each point. */
export interface Band {
  first: number
  end: number
  /** Where a point begins and ends; the same for one without width. */
  xAt: (place: number) => number
  xEndAt: (place: number) => number
  highAt: (place: number) => number | null
  lowAt: (place: number) => number | null
}

/** Draws a band as closed shapes, one for each run without interruption. */
export function traceBand(sink: PathSink, { first, end, xAt, xEndAt, highAt, lowAt }: Band): void {
  let run: number[] = []

  function finish(): void {
    const start = run[0]
    if (start === undefined) return
    sink.moveTo(xAt(start), highAt(start)!)
    for (const place of run) {
      sink.lineTo(xAt(place), highAt(place)!)
      sink.lineTo(xEndAt(place), highAt(place)!)
    }
    for (const place of run.reverse()) {
      sink.lineTo(xEndAt(place), lowAt(place)!)
      sink.lineTo(xAt(place), lowAt(place)!)
    }
    run = []
  }

  for (let place = first; place < end; place++) {
    if (highAt(place) === null || lowAt(place) === null) finish()
    else run.push(place)
  }
  finish()
}
