import type { Period } from '@/core/trend/course'
import { panned, zoomed } from '@/core/trend/ranges'

/** What a chart does with gestures. */
export interface GestureTarget {
  period: () => Period
  /** Another period is to be shown; it goes on changing while the gesture lasts. */
  onPeriod: (period: Period) => void
  /** A part is being marked, in pixels of the plot; null when no more. */
  onMark: (mark: { left: number; width: number } | null) => void
  /** The plot was touched without being moved. */
  onTap: (left: number) => void
  /** Whether a wheel that turns above the chart is meant for it: otherwise the page scrolls. */
  isWheelMeant: () => boolean
}

/** A hand is never quite still. */
const STILL_PX = 4
/** One notch of a wheel, in the pixels a browser gives for it. */
const NOTCH_PX = 100
const LINE_PX = 33
const ZOOM_PER_NOTCH = 1.25
/** A marked part narrower than this was a slip. */
const LEAST_MARK_PX = 8

/**
 * Mouse, pen and fingers on a plot: drag to move, with Shift to mark a part, two fingers or the
 * wheel to come closer. A finger that moves up or down scrolls the page. Returns how to stop.
 */
export function attachGestures(plot: HTMLElement, target: GestureTarget): () => void {
  /** Where each pointer is, in pixels of the plot. */
  const pointers = new Map<number, number>()
  let began = target.period()
  let beganAt: number[] = []
  let isMoving = false
  let isMarking = false

  const leftOf = (event: MouseEvent): number => event.clientX - plot.getBoundingClientRect().left
  const timeAt = (period: Period, left: number): number =>
    period.from + (left / plot.clientWidth) * (period.to - period.from)

  function begin(): void {
    began = target.period()
    beganAt = [...pointers.values()]
  }

  function follow(): void {
    const [first = 0, second] = beganAt
    const [firstNow = 0, secondNow] = [...pointers.values()]
    if (second === undefined || secondNow === undefined) {
      target.onPeriod(panned(began, (first - firstNow) / plot.clientWidth))
      return
    }
    const factor = Math.abs(second - first) / Math.max(1, Math.abs(secondNow - firstNow))
    const middle = timeAt(began, (first + second) / 2)
    const closer = zoomed(began, factor, middle)
    // What was between the fingers stays between them.
    const middleNow = timeAt(closer, (firstNow + secondNow) / 2)
    target.onPeriod(panned(closer, (middle - middleNow) / (closer.to - closer.from)))
  }

  function markOf(left: number): { left: number; width: number } {
    const [first = 0] = beganAt
    const start = Math.max(0, Math.min(first, left))
    const end = Math.min(plot.clientWidth, Math.max(first, left))
    return { left: start, width: end - start }
  }

  function onDown(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    pointers.set(event.pointerId, leftOf(event))
    if (pointers.size > 2) return
    plot.setPointerCapture(event.pointerId)
    isMarking = event.shiftKey && pointers.size === 1
    isMoving = pointers.size > 1
    begin()
  }

  function onMove(event: PointerEvent): void {
    if (!pointers.has(event.pointerId)) return
    const left = leftOf(event)
    pointers.set(event.pointerId, left)
    isMoving ||= Math.abs(left - (beganAt[0] ?? left)) > STILL_PX
    if (!isMoving) return
    if (isMarking) target.onMark(markOf(left))
    else follow()
  }

  function onUp(event: PointerEvent): void {
    const left = pointers.get(event.pointerId)
    if (left === undefined) return
    pointers.delete(event.pointerId)
    const isTaken = event.type === 'pointerup'
    if (isMarking) {
      target.onMark(null)
      const mark = markOf(left)
      if (isTaken && mark.width >= LEAST_MARK_PX) {
        const [from, to] = [timeAt(began, mark.left), timeAt(began, mark.left + mark.width)]
        target.onPeriod({ from, to })
      }
    } else if (isTaken && !isMoving) target.onTap(left)
    isMarking = false
    // The finger that stays goes on moving from here.
    if (pointers.size > 0) begin()
    else isMoving = false
  }

  function onWheel(event: WheelEvent): void {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (!isSideways && !event.ctrlKey && !target.isWheelMeant()) return
    event.preventDefault()
    const period = target.period()
    if (isSideways) {
      const by = (event.deltaX || event.deltaY) * unit
      target.onPeriod(panned(period, by / plot.clientWidth))
      return
    }
    // Fingers on a touch pad come as a wheel with Ctrl, in much smaller steps.
    const notches = ((event.deltaY * unit) / NOTCH_PX) * (event.ctrlKey ? 2 : 1)
    target.onPeriod(zoomed(period, ZOOM_PER_NOTCH ** notches, timeAt(period, leftOf(event))))
  }

  function onDoubleClick(event: MouseEvent): void {
    const period = target.period()
    target.onPeriod(zoomed(period, event.shiftKey ? 2 : 0.5, timeAt(period, leftOf(event))))
  }

  plot.addEventListener('pointerdown', onDown)
  plot.addEventListener('pointermove', onMove)
  plot.addEventListener('pointerup', onUp)
  plot.addEventListener('pointercancel', onUp)
  plot.addEventListener('wheel', onWheel, { passive: false })
  plot.addEventListener('dblclick', onDoubleClick)
  return () => {
    plot.removeEventListener('pointerdown', onDown)
    plot.removeEventListener('pointermove', onMove)
    plot.removeEventListener('pointerup', onUp)
    plot.removeEventListener('pointercancel', onUp)
    plot.removeEventListener('wheel', onWheel)
    plot.removeEventListener('dblclick', onDoubleClick)
  }
}
