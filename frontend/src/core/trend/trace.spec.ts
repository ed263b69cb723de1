import { describe, expect, it } from 'vitest'
import { traceBand, traceLine, type Row } from '@/core/trend/trace'

class Recorder {
  readonly said: string[] = []
  moveTo(x: number, y: number): void {
    this.said.push(`M${String(x)},${String(y)}`)
  }
  lineTo(x: number, y: number): void {
    this.said.push(`L${String(x)},${String(y)}`)
  }
}

function line(
  heights: (number | null)[],
  options: Partial<Row> = {},
  width = 1_000,
): { path: string; lonely: number[] } {
  const sink = new Recorder()
  const row = {
    first: 0,
    end: heights.length,
    xAt: (place: number) => place,
    yAt: (place: number) => heights[place]!,
    isStepped: false,
    ...options,
  }
  const lonely = traceLine(sink, row, width)
  return { path: sink.said.join(' '), lonely }
}

describe('a line', () => {
  it('goes through its points', () => {
    expect(line([1, 2, 3]).path).toBe('M0,1 L1,2 L2,3')
  })

  it('breaks where there is nothing, and tells what stands alone', () => {
    expect(line([1, 2, null, 9, null, 3, 4])).toEqual({
      path: 'M0,1 L1,2 M3,9 M5,3 L6,4',
      lonely: [3],
    })
  })

  it('holds its height in steps, and until the end of the last one', () => {
    expect(line([1, 2], { isStepped: true }).path).toBe('M0,1 L1,1 L1,2')
    expect(line([1, 2], { isStepped: true, xEndAt: (place) => place + 1 }).path).toBe(
      'M0,1 L1,1 L1,2 L2,2',
    )
  })

  it('loses no peak where many points share a pixel', () => {
    const heights = Array.from({ length: 1_000 }, (_, index) =>
      index === 501 ? 99 : index === 502 ? -99 : 0,
    )
    const { path } = line(heights, { xAt: (place) => place / 100 }, 10)
    expect(path).toContain(',99')
    expect(path).toContain(',-99')
    expect(path.split(' ').length).toBeLessThan(60)
  })

  it('keeps its gaps however dense it is', () => {
    const heights = Array.from({ length: 1_000 }, (_, index) =>
      index > 300 && index < 700 ? null : 1,
    )
    const { path } = line(heights, { xAt: (place) => place / 100 }, 10)
    expect(path.match(/M/g)).toHaveLength(2)
  })
})

it('a band is closed, and one for each run', () => {
  const sink = new Recorder()
  const high = [2, 3, null, 5]
  const low = [0, 1, null, 4]
  traceBand(sink, {
    first: 0,
    end: 4,
    xAt: (place) => place * 10,
    xEndAt: (place) => place * 10 + 10,
    highAt: (place) => high[place]!,
    lowAt: (place) => low[place]!,
  })
  expect(sink.said.join(' ')).toBe(
    'M0,2 L0,2 L10,2 L10,3 L20,3 L20,1 L10,1 L10,0 L0,0 M30,5 L30,5 L40,5 L40,4 L30,4',
  )
})
