import { beforeEach, expect, it, vi } from 'vitest'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { useEdit, type Edit } from '@/modules/admin/use-edit'

interface Plant {
  version: number
  name: string
}
interface Values {
  name: string
}

let stored: Plant
const send = vi.fn((values: Values, version: number): Promise<void> => {
  if (version !== stored.version) return Promise.reject(refusal(409, 'stale_version'))
  stored = { name: values.name, version: version + 1 }
  return Promise.resolve()
})
const load = vi.fn(() => Promise.resolve(stored))

function refusal(status: number, code: string): ApiError {
  const problem = { title: null, code, detail: null, errors: [] }
  return new ApiError(API_FAILURE.status, code, { status, problem })
}

function begin(): Edit<Plant, Values> {
  return useEdit({ item: stored, valuesOf: ({ name }: Plant) => ({ name }), load, send })
}

beforeEach(() => {
  stored = { version: 1, name: 'Molino' }
  vi.clearAllMocks()
})

it('writes over the version it began from', async () => {
  const edit = begin()
  edit.form.values.name = 'Mío'
  expect(await edit.submit()).toBe(true)
  expect(send).toHaveBeenCalledWith({ name: 'Mío' }, 1)
  expect(stored).toEqual({ name: 'Mío', version: 2 })
})

it('shows what somebody else wrote, and keeps what was typed', async () => {
  const edit = begin()
  edit.form.values.name = 'Mío'
  stored = { version: 5, name: 'De otra' }
  expect(await edit.submit()).toBe(false)
  expect(edit.other.value).toEqual({ version: 5, name: 'De otra' })
  expect(edit.form.values.name).toBe('Mío')
  expect(edit.form.failure.value).toBeNull()
  expect(stored.name).toBe('De otra')
})

it('writes over it once it was seen, and looks again if it changed again', async () => {
  const edit = begin()
  edit.form.values.name = 'Mío'
  stored = { version: 5, name: 'De otra' }
  await edit.submit()
  stored = { version: 6, name: 'De una tercera' }
  expect(await edit.keepMine()).toBe(false)
  expect(edit.other.value?.name).toBe('De una tercera')
  expect(await edit.keepMine()).toBe(true)
  expect(stored).toEqual({ name: 'Mío', version: 7 })
})

it('goes on from what the other one wrote', async () => {
  const edit = begin()
  edit.form.values.name = 'Mío'
  stored = { version: 5, name: 'De otra' }
  await edit.submit()
  edit.takeTheirs()
  expect(edit.form.values.name).toBe('De otra')
  expect(edit.form.isChanged()).toBe(false)
  expect(edit.other.value).toBeNull()
  expect(await edit.submit()).toBe(true)
})

it('says so when it is gone altogether', async () => {
  const edit = begin()
  stored = { version: 5, name: 'De otra' }
  load.mockRejectedValueOnce(refusal(404, 'not_found'))
  expect(await edit.submit()).toBe(false)
  expect(edit.form.failure.value).toMatchObject({ status: 404 })
  expect(edit.other.value).toBeNull()
})
