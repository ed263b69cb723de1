import { expect, it } from 'vitest'
import type { AuditEntry } from '@/contract/admin'
import { keyOfAction } from '@/modules/admin/audit/actions'
import { changesOf, countIn, nameOfSubject, valueText } from '@/modules/admin/audit/entry'

const ENTRY: AuditEntry = {
  id: '7',
  at: 0,
  actor: 'ana@granix.example',
  actorKind: 'user',
  address: null,
  action: 'plant.update',
  subjectKind: 'plant',
  subject: 'c0e8a92c-f07c-4adb-940b-9cf7f3f4200a',
  subjectName: null,
  tenant: 'granix',
  before: null,
  after: null,
}

it('tells what differs and not what counts up by itself', () => {
  const before = { version: 1, site: 'planta-1', timeZone: 'UTC', name: null }
  const after = { version: 2, site: 'planta-1', timeZone: 'America/Lima', name: null }
  expect(changesOf({ before, after })).toEqual([
    { field: 'timeZone', before: 'UTC', after: 'America/Lima' },
  ])
})

it('looks into roles, one by one', () => {
  const before = { roles: { granix: 'viewer', otra: 'operator' } }
  const after = { roles: { granix: 'tenant_admin', otra: 'operator', nueva: 'viewer' } }
  expect(changesOf({ before, after })).toEqual([
    { field: 'roles.granix', before: 'viewer', after: 'tenant_admin' },
    { field: 'roles.nueva', before: undefined, after: 'viewer' },
  ])
})

it('tells all there is where there is one side, and nothing where there is none', () => {
  expect(changesOf({ before: null, after: { name: 'Informes', hint: 'vgk_ab' } })).toHaveLength(2)
  expect(changesOf({ before: null, after: null })).toEqual([])
  expect(changesOf({ before: 'text', after: [1] })).toEqual([])
})

it('keeps every digit of a large integer', () => {
  const change = changesOf({ before: { total: 9007199254740993n }, after: { total: 1 } })[0]
  const words = { none: '—', yes: 'sí', no: 'no' }
  expect(valueText(change?.before, words)).toBe('9007199254740993')
  expect(valueText({ a: [9007199254740993n] }, words)).toContain('9007199254740993')
})

it.each([
  [null, '—'],
  [undefined, '—'],
  ['', '—'],
  [true, 'sí'],
  [false, 'no'],
  ['UTC', 'UTC'],
  [7, '7'],
])('writes %j as %s', (value, text) => {
  expect(valueText(value, { none: '—', yes: 'sí', no: 'no' })).toBe(text)
})

it.each([
  [{ subjectName: 'planta-1' }, 'planta-1'],
  [{}, 'c0e8a92c'],
  [{ subjectKind: 'rejections', subject: 'filter' }, 'filter'],
])('calls %j %s', (part: Partial<AuditEntry>, name) => {
  expect(nameOfSubject({ ...ENTRY, ...part })).toBe(name)
})

it('knows which actions it has words for', () => {
  expect(keyOfAction('user.link_password')).toBe('user_link_password')
  expect(keyOfAction('user.fly')).toBeNull()
})

it('reads a count where there is one', () => {
  expect(countIn({ failures: 4 }, 'failures')).toBe(4)
  expect(countIn(null, 'failures')).toBeNull()
})
