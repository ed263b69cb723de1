/** The gauge is an arc of three quarters of a turn; angles run clockwise from its lower left end. */
const GAUGE_SWEEP = 270
const START = 135

/** A point at a part (0 to 1) of the arc, on a circle about the origin. */
export function gaugePoint(at: number, radius: number): { x: number; y: number } {
  const angle = ((START + at * GAUGE_SWEEP) * Math.PI) / 180
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
}

/** The path of an arc from one part of the scale to another. */
export function gaugeArc(from: number, to: number, radius: number): string {
  const start = gaugePoint(from, radius)
  const end = gaugePoint(to, radius)
  const isLarge = (to - from) * GAUGE_SWEEP > 180 ? 1 : 0
  const point = ({ x, y }: { x: number; y: number }): string => `${x.toFixed(2)} ${y.toFixed(2)}`
  return `M${point(start)}A${String(radius)} ${String(radius)} 0 ${String(isLarge)} 1 ${point(end)}`
}
