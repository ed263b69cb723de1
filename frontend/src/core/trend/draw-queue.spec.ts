import { expect, it } from 'vitest'
import { createDrawQueue } from '@/core/trend/draw-queue'

it('draws one in a frame, each once, and none that is gone', () => {
  const frames: (() => void)[] = []
  const queue = createDrawQueue(1, (run) => frames.push(run))
  const drawn: string[] = []
  const a = (): void => void drawn.push('a')
  const b = (): void => void drawn.push('b')
  const c = (): void => void drawn.push('c')
  queue.request(a)
  queue.request(b)
  queue.request(a)
  queue.request(c)
  queue.cancel(c)
  expect(frames).toHaveLength(1)
  frames.shift()?.()
  expect(drawn).toEqual(['a'])
  queue.request(a)
  while (frames.length > 0) frames.shift()?.()
  expect(drawn).toEqual(['a', 'b', 'a'])
})

it('draws some in a frame where they are small', () => {
  const frames: (() => void)[] = []
  const queue = createDrawQueue(2, (run) => frames.push(run))
  const drawn: number[] = []
  for (const number of [1, 2, 3]) queue.request(() => void drawn.push(number))
  frames.shift()?.()
  expect(drawn).toEqual([1, 2])
  frames.shift()?.()
  expect(drawn).toEqual([1, 2, 3])
  expect(frames).toEqual([])
})
