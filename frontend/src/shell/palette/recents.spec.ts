import { expect, it } from 'vitest'
import type { Finding } from '@/shell/palette/finding'
import { addRecent, readRecents } from '@/shell/palette/recents'

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
  }
}
const finding = (text: string): Finding => ({ key: text, kind: 'plc', text, detail: '', path: '/' })
const ANA = 'ana@granix.example'

it('remembers the latest few, each once', () => {
  const kept = storage()
  for (const text of ['1', '2', '3', '4', '5', '6', '7', '2']) addRecent(ANA, finding(text), kept)
  expect(readRecents(ANA, kept).map(({ text }) => text)).toEqual(['2', '7', '6', '5', '4', '3'])
})

it('tells nobody where another user went', () => {
  const kept = storage()
  addRecent(ANA, finding('1'), kept)
  expect(readRecents('luis@granix.example', kept)).toEqual([])
  addRecent('luis@granix.example', finding('2'), kept)
  expect(readRecents(ANA, kept)).toEqual([])
})

it('knows nothing where something else is stored', () => {
  expect(readRecents(ANA, { getItem: () => '{"email":1}' })).toEqual([])
})
