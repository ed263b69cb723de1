import type uPlot from 'uplot'
import type { ChartStyle } from '@/core/trend/chart-style'
import { COURSE_KIND, lineHeight, timeOf, type Course, type Period } from '@/core/trend/course'
import type { Pen } from '@/core/trend/pen'
import { laneBoxes, type PlotPlan } from '@/core/trend/plot-plan'
import { placeNear } from '@/core/trend/reading-at'

const DOT_PX = 9

/** A dot on each pen where it is read; moved without drawing the chart anew. */
export interface CursorDots {
  show: (at: number | null, within: number) => void
}

export function createCursorDots(
  chart: uPlot,
  style: ChartStyle,
  plan: () => PlotPlan,
  period: () => Period,
): CursorDots {
  const dots = new Map<number, HTMLElement>()

  function dotOf(slot: number): HTMLElement {
    let dot = dots.get(slot)
    if (!dot) {
      dot = document.createElement('div')
      Object.assign(dot.style, {
        position: 'absolute',
        top: `${String(-DOT_PX / 2)}px`,
        left: `${String(-DOT_PX / 2)}px`,
        width: `${String(DOT_PX)}px`,
        height: `${String(DOT_PX)}px`,
        borderRadius: '50%',
        border: `2px solid ${style.surface}`,
        background: style.pens[slot]!,
        pointerEvents: 'none',
      })
      dots.set(slot, dot)
      chart.over.append(dot)
    }
    return dot
  }

  function put(
    { slot, course }: Pen,
    at: number,
    within: number,
    topOf: (height: number) => number,
  ): void {
    const place = placeNear(course, at, within)
    const height = place === null ? null : heightAt(course, place)
    if (place === null || height === null) return
    const { from, to } = period()
    const left = ((timeOf(course, place) - from) / (to - from)) * chart.over.clientWidth
    const dot = dotOf(slot)
    dot.style.display = ''
    dot.style.transform = `translate(${left.toFixed(1)}px, ${topOf(height).toFixed(1)}px)`
  }

  return {
    show: (at, within) => {
      for (const dot of dots.values()) dot.style.display = 'none'
      if (at === null) return
      const plotHeight = chart.over.clientHeight
      for (const { pen, on, off } of laneBoxes(plan(), plotHeight)) {
        put(pen, at, within, (height) => off - height * (off - on))
      }
      for (const { key, pens } of plan().scales) {
        for (const pen of pens) put(pen, at, within, (height) => chart.valToPos(height, key))
      }
    },
  }
}

function heightAt(course: Course, place: number): number | null {
  return course.kind === COURSE_KIND.buckets ? course.avg[place]! : lineHeight(course, place)
}
