import { shallowReadonly, shallowRef, type ShallowRef } from 'vue'

/** Something a key does, or what a page wants said of keys that it hears itself. */
export interface KeyBinding {
  /** One key, keys one after the other (`g f`), or `Mod+k`: with Ctrl or Cmd. As `KeyboardEvent.key` names them. */
  keys: string
  /** What it does, in the language on screen. */
  text: () => string
  /** Left out where the page itself listens, as for arrows in a list. */
  run?: () => void
}

/** As long as this the first of two keys is remembered. */
const SEQUENCE_MS = 1_000
const OFF_KEY = 'vigia.singleKeys'
const FIELDS = 'input, textarea, select, [contenteditable]'
const NO_TEXT = '[type=checkbox], [type=radio], [type=button], [type=submit]'

/** A key as far as it matters here. */
export type Stroke = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat' | 'defaultPrevented'
>

/** Follows keys and tells which binding they complete. */
export function createKeyMatcher(now: () => number = Date.now): {
  match: (stroke: Stroke, bindings: readonly KeyBinding[]) => KeyBinding | undefined
} {
  let first: { key: string; at: number } | null = null

  return {
    match: (stroke, bindings) => {
      if (stroke.isComposing || stroke.repeat || stroke.defaultPrevented || stroke.altKey) return
      const before = first
      first = null
      const find = (keys: string): KeyBinding | undefined =>
        // The one that came last: a page's before the shell's.
        bindings.findLast((binding) => binding.keys === keys && binding.run !== undefined)
      if (stroke.ctrlKey || stroke.metaKey) return find(`Mod+${stroke.key.toLowerCase()}`)
      const isFollowing = before !== null && now() - before.at < SEQUENCE_MS
      const second = isFollowing ? find(`${before.key} ${stroke.key}`) : undefined
      if (second) return second
      if (bindings.some(({ keys }) => keys.startsWith(`${stroke.key} `))) {
        first = { key: stroke.key, at: now() }
      }
      return find(stroke.key)
    },
  }
}

/** Whether what is typed there is text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(FIELDS) && !target.matches(NO_TEXT)
}

const bindings = shallowRef<readonly KeyBinding[]>([])
const isOn = shallowRef(readIsOn())
const matcher = createKeyMatcher()
let isListening = false

function listen(event: KeyboardEvent): void {
  const hasModifier = event.ctrlKey || event.metaKey
  if (!hasModifier && (!isOn.value || isTyping(event.target))) return
  // What is in front has its own keys.
  if (document.querySelector(':modal, :popover-open')) return
  const found = matcher.match(event, bindings.value)
  if (!found) return
  event.preventDefault()
  found.run?.()
}

/** Adds keys until they are released. */
export function addKeys(added: readonly KeyBinding[]): () => void {
  if (!isListening) {
    isListening = true
    window.addEventListener('keydown', listen)
  }
  bindings.value = [...bindings.value, ...added]
  return () => {
    bindings.value = bindings.value.filter((binding) => !added.includes(binding))
  }
}

/** The keys that do something now. */
export const shownKeys: Readonly<ShallowRef<readonly KeyBinding[]>> = shallowReadonly(bindings)

/** Whether keys without Ctrl or Cmd do anything: to who dictates they may be a nuisance. */
export const singleKeys: { isOn: Readonly<ShallowRef<boolean>>; set: (on: boolean) => void } = {
  isOn: shallowReadonly(isOn),
  set: (on) => {
    isOn.value = on
    try {
      localStorage.setItem(OFF_KEY, on ? 'on' : 'off')
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  },
}

function readIsOn(): boolean {
  try {
    return localStorage.getItem(OFF_KEY) !== 'off'
  } catch {
    return true
  }
}
