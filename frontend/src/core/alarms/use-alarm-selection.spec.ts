import { nextTick, shallowRef } from 'vue'
import { expect, it } from 'vitest'
import type { Alarm } from '@/contract/alarms'
import { useAlarmSelection } from '@/core/alarms/use-alarm-selection'

const alarm = (id: string, part: Partial<Alarm> = {}): Alarm =>
  ({ id, tenant: 'granix', acknowledged: false, ...part }) as Alarm

function setUp(alarms: Alarm[]): {
  list: { value: Alarm[] }
  selection: ReturnType<typeof useAlarmSelection>
  ids: () => string
} {
  const list = shallowRef(alarms)
  const selection = useAlarmSelection(
    () => list.value,
    ({ tenant }) => tenant === 'granix',
  )
  const ids = (): string => selection.selected.value.map(({ id }) => id).join(' ')
  return { list, selection, ids }
}

it('selects what may be acknowledged, and nothing else', () => {
  const { selection, ids } = setUp([
    alarm('1'),
    alarm('2', { acknowledged: true }),
    alarm('3', { tenant: 'lacteos-sur' }),
    alarm('4'),
  ])
  expect(selection.extent.value).toBe('none')
  selection.set(alarm('4'), true)
  expect(selection.extent.value).toBe('some')
  selection.setAll(true)
  expect(ids()).toBe('1 4')
  expect(selection.extent.value).toBe('all')
  selection.set(alarm('1'), false)
  expect(ids()).toBe('4')
  selection.setAll(false)
  expect(ids()).toBe('')
})

it('lets go of what somebody else acknowledged, for good', async () => {
  const { list, selection, ids } = setUp([alarm('1'), alarm('2')])
  selection.setAll(true)
  await nextTick()
  list.value = [alarm('1', { acknowledged: true }), alarm('2')]
  expect(ids()).toBe('2')
  await nextTick()
  list.value = [alarm('1'), alarm('2')]
  expect(ids()).toBe('2')
})
