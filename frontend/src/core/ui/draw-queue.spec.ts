import { expect, it } from 'vitest'
import { createDrawQueue, type DrawQueue } from '@/core/ui/draw-queue'

class Stage {
  readonly frames: (() => void)[] = []
  readonly drawn: string[] = []
  readonly draws = new Map<string, () => void>()
  readonly queue: DrawQueue

  constructor(budget: number, mostFrames: number) {
    this.queue = createDrawQueue(budget, mostFrames, (run) => this.frames.push(run))
  }

  drawing(name: string): () => void {
    const draw = this.draws.get(name) ?? (() => void this.drawn.push(name))
    this.draws.set(name, draw)
    return draw
  }

  ask(cost: number, ...names: string[]): void {
    for (const name of names) this.queue.request(this.drawing(name), cost)
  }

  /** What the next frame draws. */
  frame(): string {
    this.drawn.length = 0
    this.frames.shift()?.()
    return this.drawn.join('')
  }
}

it('draws each once, in turn, and none that is gone', () => {
  const stage = new Stage(2, 10)
  stage.ask(1, 'a', 'b', 'a', 'c', 'd')
  stage.queue.cancel(stage.drawing('c'))
  expect(stage.frames).toHaveLength(1)
  expect(stage.frame()).toBe('ab')
  stage.ask(1, 'a')
  expect(stage.frame()).toBe('da')
  expect(stage.frames).toEqual([])
})

it('gives something large a frame of its own', () => {
  const stage = new Stage(4, 10)
  stage.ask(1, 'a')
  stage.ask(4, 'L')
  stage.ask(9, 'X')
  stage.ask(1, 'b')
  expect([stage.frame(), stage.frame(), stage.frame(), stage.frame()]).toEqual(['a', 'L', 'X', 'b'])
})

it('draws more in a frame where very many wait', () => {
  const stage = new Stage(1, 2)
  stage.ask(1, 'a', 'b', 'c', 'd')
  expect(stage.frame()).toBe('ab')
  expect(stage.frame()).toBe('c')
  expect(stage.frame()).toBe('d')
})
