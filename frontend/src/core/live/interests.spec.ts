import { expect, it, vi } from 'vitest'
import { createInterests } from '@/core/live/interests'

const PLC = { tenant: 'granix', site: 'planta-1', plcId: 'plc-03' }

it('is the sum of what the parts of a page want', () => {
  const changed = vi.fn()
  const interests = createInterests(changed)
  expect(interests.filters()).toEqual([])

  const release = interests.add(PLC)
  interests.add({ ...PLC })
  expect(interests.filters()).toEqual([PLC])
  expect(interests.query()).toBe('?tenant=granix&site=planta-1&plcId=plc-03')

  interests.add({ site: 'planta-2' })
  release()
  expect(interests.filters()).toEqual([PLC, { site: 'planta-2' }])
  // Not all the world, which nobody asked for.
  expect(interests.query()).toBe('?plcId=vigia%3Ano-plc')
  expect(changed).toHaveBeenCalledTimes(4)
})

it('wants everything as soon as one part does', () => {
  const interests = createInterests(() => undefined)
  interests.add(PLC)
  interests.add({})
  expect(interests.filters()).toEqual([{}])
  expect(interests.query()).toBe('')
})
