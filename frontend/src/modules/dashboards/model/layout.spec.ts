import { describe, expect, it } from 'vitest'
import type { Layout } from '@/contract/dashboards'
import {
  clampPlace,
  clampSize,
  compact,
  findRoom,
  moveBy,
  PHONE_COLUMNS,
  place,
  reflow,
  resizeBy,
  settle,
  TABLET_COLUMNS,
  type Placed,
} from '@/modules/dashboards/model/layout'

/** `a 0 1 2 3`: key, column, row, width, height. */
function grid(...lines: string[]): Placed[] {
  return lines.map((line) => {
    const [key, x, y, w, h] = line.split(' ')
    return { key: key!, layout: { x: Number(x), y: Number(y), w: Number(w), h: Number(h) } }
  })
}

function lines(items: readonly Placed[]): string[] {
  return items.map(({ key, layout: { x, y, w, h } }) => [key, x, y, w, h].join(' '))
}

function haveNoOverlap(items: readonly Placed[]): boolean {
  return items.every((a, index) =>
    items.slice(index + 1).every((b) => {
      const [p, q] = [a.layout, b.layout]
      return p.x >= q.x + q.w || q.x >= p.x + p.w || p.y >= q.y + q.h || q.y >= p.y + p.h
    }),
  )
}

describe('settle', () => {
  it('leaves what is right as it is', () => {
    const items = grid('b 4 0 2 1', 'a 0 0 4 3', 'c 0 5 12 2')
    expect(lines(settle(items))).toEqual(lines(items))
  })

  it('puts one of two that overlap below the other', () => {
    expect(lines(settle(grid('a 0 0 4 3', 'b 2 1 4 2', 'c 0 3 2 1')))).toEqual([
      'a 0 0 4 3',
      'b 2 3 4 2',
      'c 0 3 2 1',
    ])
  })

  it('leaves out rows that say nothing, and keeps a few', () => {
    expect(lines(settle(grid('a 0 0 2 1', 'b 0 3 2 1', 'c 0 9000 2 1')))).toEqual([
      'a 0 0 2 1',
      'b 0 3 2 1',
      'c 0 6 2 1',
    ])
  })
})

describe('place', () => {
  it('pushes down what is in the way, and what that is pushed onto', () => {
    const items = grid('a 0 0 4 1', 'b 0 1 4 1', 'c 0 2 4 1', 'd 4 0 4 3')
    const moved = place(items, 'd', { x: 2, y: 0, w: 4, h: 3 })
    expect(lines(moved)).toEqual(['a 0 3 4 1', 'b 0 4 4 1', 'c 0 5 4 1', 'd 2 0 4 3'])
  })

  it('gives back what was in the way once it no longer is', () => {
    const items = grid('a 0 0 2 1', 'b 0 1 2 1')
    expect(lines(place(items, 'a', { x: 0, y: 5, w: 2, h: 1 }))).toEqual(['a 0 5 2 1', 'b 0 1 2 1'])
  })
})

describe('moveBy', () => {
  it('changes places with a neighbour of the same size', () => {
    const items = grid('a 0 0 2 1', 'b 2 0 2 1')
    expect(lines(moveBy(items, 'a', { dx: 1, dy: 0 }))).toEqual(['a 2 0 2 1', 'b 0 0 2 1'])
    expect(lines(moveBy(items, 'b', { dx: -1, dy: 0 }))).toEqual(['a 2 0 2 1', 'b 0 0 2 1'])
  })

  it('passes what stands below, step by step', () => {
    const items = grid('a 0 0 4 1', 'b 0 1 4 3')
    const down = moveBy(items, 'a', { dx: 0, dy: 1 })
    expect(lines(down)).toEqual(['a 0 3 4 1', 'b 0 0 4 3'])
    expect(lines(moveBy(down, 'a', { dx: 0, dy: -1 }))).toEqual(['a 0 0 4 1', 'b 0 1 4 3'])
  })

  it('stops at the edges', () => {
    const items = grid('a 0 0 12 1')
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, -1],
    ] as const) {
      expect(moveBy(items, 'a', { dx, dy })).toBe(items)
    }
  })

  it('never makes two overlap, wherever one goes', () => {
    let items: readonly Placed[] = grid('a 0 0 4 3', 'b 4 0 2 1', 'c 6 0 6 4', 'd 0 4 3 2')
    let seed = 7
    for (let step = 0; step < 500; step++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      const key = ['a', 'b', 'c', 'd'][seed % 4]!
      const [dx, dy] = [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ][(seed >> 8) % 4] as [number, number]
      items =
        (seed >> 12) % 3 === 0
          ? resizeBy(items, key, { dx, dy }, { w: 1, h: 1 })
          : moveBy(items, key, { dx, dy })
      expect(haveNoOverlap(items), lines(items).join(' | ')).toBe(true)
      for (const { layout } of items) {
        expect(layout.x >= 0 && layout.y >= 0 && layout.x + layout.w <= 12).toBe(true)
      }
    }
  })
})

describe('resizeBy', () => {
  it('pushes down what it grows over and stops at the least size', () => {
    const items = grid('a 0 0 2 1', 'b 2 0 2 1')
    const least = { w: 2, h: 1 }
    expect(lines(resizeBy(items, 'a', { dx: 1, dy: 0 }, least))).toEqual(['a 0 0 3 1', 'b 2 1 2 1'])
    expect(resizeBy(items, 'a', { dx: -1, dy: 0 }, least)).toBe(items)
    expect(resizeBy(items, 'a', { dx: 0, dy: -1 }, least)).toBe(items)
  })
})

it('finds the first gap that is large enough', () => {
  expect(findRoom(grid('a 0 0 8 2', 'b 8 1 4 1'), { w: 4, h: 1 })).toEqual({
    x: 8,
    y: 0,
    w: 4,
    h: 1,
  })
  expect(findRoom(grid('a 0 0 8 2', 'b 8 1 4 1'), { w: 6, h: 1 })).toEqual({
    x: 0,
    y: 2,
    w: 6,
    h: 1,
  })
})

it('closes gaps without changing who stands beside whom', () => {
  expect(lines(compact(grid('a 0 2 4 1', 'b 4 5 4 1', 'c 0 6 8 2')))).toEqual([
    'a 0 0 4 1',
    'b 4 0 4 1',
    'c 0 1 8 2',
  ])
})

it('keeps to the grid', () => {
  const layout: Layout = { x: 11, y: -3, w: 4, h: 1 }
  expect(clampPlace(layout)).toEqual({ x: 8, y: 0, w: 4, h: 1 })
  expect(clampSize({ x: 10, y: 0, w: 9, h: 99 }, { w: 4, h: 3 })).toEqual({
    x: 10,
    y: 0,
    w: 2,
    h: 50,
  })
})

describe('reflow', () => {
  const items = grid('a 0 0 2 1', 'b 2 0 2 1', 'c 4 0 8 3', 'd 0 1 4 2', 'e 0 3 1 1', 'f 1 3 1 1')

  it('stays as it is on a wide screen', () => {
    expect(lines(reflow(items, 12))).toEqual(lines(items))
  })

  it('keeps the order of reading on a tablet and fills each row', () => {
    expect(lines(reflow(items, TABLET_COLUMNS))).toEqual([
      'a 0 0 2 1',
      'b 2 0 4 1',
      'c 0 1 6 3',
      'd 0 4 4 2',
      'e 4 4 1 1',
      'f 5 4 1 1',
    ])
  })

  it('puts one below the other on a phone, but for what is as small as half of it', () => {
    const phone = reflow(items, PHONE_COLUMNS)
    expect(haveNoOverlap(phone)).toBe(true)
    expect(lines(phone)).toEqual([
      'a 0 0 2 1',
      'b 0 1 2 1',
      'c 0 2 2 3',
      'd 0 5 2 2',
      'e 0 7 1 1',
      'f 1 7 1 1',
    ])
  })
})
