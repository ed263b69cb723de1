import { expect, it } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import { useSelection } from '@/modules/quarantine/use-selection'

it('chooses one, all, or none', () => {
  const shown = shallowRef(['1', '2', '3'])
  const selection = useSelection(() => shown.value)
  selection.toggle('2')
  expect(selection.ids.value).toEqual(['2'])
  expect(selection.areAll.value).toBe(false)
  selection.toggleAll()
  expect(selection.ids.value).toEqual(['1', '2', '3'])
  expect(selection.areAll.value).toBe(true)
  selection.toggleAll()
  expect(selection.ids.value).toEqual([])
})

it('lets go of what is no longer shown', async () => {
  const shown = shallowRef(['1', '2'])
  const selection = useSelection(() => shown.value)
  selection.toggleAll()
  shown.value = ['2']
  await nextTick()
  expect(selection.ids.value).toEqual(['2'])
  shown.value = ['1', '2']
  await nextTick()
  expect(selection.ids.value).toEqual(['2'])
})
