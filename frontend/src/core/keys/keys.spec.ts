// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest'
import {
  addKeys,
  createKeyMatcher,
  singleKeys,
  type KeyBinding,
  type Stroke,
} from '@/core/keys/keys'

const text = (): string => ''
const BINDINGS: KeyBinding[] = [
  { keys: 'g f', text, run: () => undefined },
  { keys: 'g a', text, run: () => undefined },
  { keys: 'f', text, run: () => undefined },
  { keys: '/', text, run: () => undefined },
  { keys: 'Mod+k', text, run: () => undefined },
  { keys: 'ArrowDown', text },
]

function stroke(key: string, more: Partial<Stroke> = {}): Stroke {
  return {
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    repeat: false,
    defaultPrevented: false,
    ...more,
  }
}

/** What a row of keys, each some milliseconds after the one before, completes. */
function matched(...strokes: [stroke: Stroke, after?: number][]): (string | undefined)[] {
  let time = 0
  const { match } = createKeyMatcher(() => time)
  return strokes.map(([each, after = 100]) => {
    time += after
    return match(each, BINDINGS)?.keys
  })
}

it.each<[string, [Stroke, number?][], (string | undefined)[]]>([
  ['one key', [[stroke('/')]], ['/']],
  ['two keys', [[stroke('g')], [stroke('a')]], [undefined, 'g a']],
  ['two keys before the one alone', [[stroke('g')], [stroke('f')]], [undefined, 'g f']],
  ['the second too late', [[stroke('g')], [stroke('f'), 1_500]], [undefined, 'f']],
  [
    'another in between',
    [[stroke('g')], [stroke('x')], [stroke('a')]],
    [undefined, undefined, undefined],
  ],
  ['the first twice', [[stroke('g')], [stroke('g')], [stroke('a')]], [undefined, undefined, 'g a']],
  ['with Ctrl', [[stroke('k', { ctrlKey: true })]], ['Mod+k']],
  ['with Cmd and Shift', [[stroke('K', { metaKey: true })]], ['Mod+k']],
  ['a single key with Ctrl', [[stroke('f', { ctrlKey: true })]], [undefined]],
  ['a single key with Alt', [[stroke('f', { altKey: true })]], [undefined]],
  ['a key held down', [[stroke('f', { repeat: true })]], [undefined]],
  ['a key of a composition', [[stroke('f', { isComposing: true })]], [undefined]],
  ['a key that did something', [[stroke('f', { defaultPrevented: true })]], [undefined]],
  ['a key that the page hears itself', [[stroke('ArrowDown')]], [undefined]],
])('%s', (_name, strokes, expected) => {
  expect(matched(...strokes)).toEqual(expected)
})

const releases: (() => void)[] = []
afterEach(() => {
  for (const release of releases.splice(0)) release()
  document.body.replaceChildren()
  singleKeys.set(true)
})

function bind(keys: string): () => void {
  const run = vi.fn()
  releases.push(addKeys([{ keys, text, run }]))
  return run
}

function press(
  key: string,
  target: Element = document.body,
  more: KeyboardEventInit = {},
): boolean {
  return target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  )
}

function element(html: string): Element {
  document.body.innerHTML = html
  return document.body.firstElementChild!
}

it('is heard anywhere but in text fields', () => {
  const run = bind('a')
  expect(press('a')).toBe(false)
  press('a', element('<input type="checkbox" />'))
  expect(run).toHaveBeenCalledTimes(2)
  for (const field of ['<input />', '<textarea></textarea>', '<select></select>']) {
    press('a', element(field))
  }
  expect(run).toHaveBeenCalledTimes(2)
})

it('leaves keys alone while something is in front', () => {
  const run = bind('a')
  vi.spyOn(document, 'querySelector').mockReturnValueOnce(document.body)
  press('a')
  expect(run).not.toHaveBeenCalled()
})

it('can be turned off, but for keys with Ctrl', () => {
  const single = bind('a')
  const modified = bind('Mod+k')
  singleKeys.set(false)
  press('a')
  press('k', element('<input />'), { ctrlKey: true })
  expect(single).not.toHaveBeenCalled()
  expect(modified).toHaveBeenCalledOnce()
})

it('ends with its release, and the last one bound holds', () => {
  const shell = bind('a')
  const page = bind('a')
  press('a')
  expect(page).toHaveBeenCalledOnce()
  releases.pop()?.()
  press('a')
  expect(shell).toHaveBeenCalledOnce()
})
