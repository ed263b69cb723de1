import { onScopeDispose, readonly, shallowRef, type ShallowRef } from 'vue'

/** On the whole page: the style sheet leaves out of it what only leads elsewhere. */
const CLASS = 'full-screen'
/** A screen on a wall, read from afar. */
const WALL = '(min-width: 2560px)'

export interface FullScreen {
  isFull: Readonly<ShallowRef<boolean>>
  /** Full, and as large as those on walls. */
  isWall: Readonly<ShallowRef<boolean>>
  toggle: () => Promise<void>
}

/**
 * The page as the whole screen. The page and not a part of it: alarms, the state of the link and
 * dialogs are outside of any part, and would be hidden.
 */
export function useFullScreen(): FullScreen {
  const root = document.documentElement
  const query = window.matchMedia(WALL)
  const isFull = shallowRef(false)
  const isWall = shallowRef(false)

  function follow(): void {
    isFull.value = document.fullscreenElement === root
    isWall.value = isFull.value && query.matches
    root.classList.toggle(CLASS, isFull.value)
  }
  follow()
  document.addEventListener('fullscreenchange', follow)
  query.addEventListener('change', follow)
  onScopeDispose(() => {
    document.removeEventListener('fullscreenchange', follow)
    query.removeEventListener('change', follow)
    root.classList.remove(CLASS)
    // Another page has nothing to say on how much of the screen it takes.
    if (isFull.value) void document.exitFullscreen().catch(() => undefined)
  })

  return {
    isFull: readonly(isFull),
    isWall: readonly(isWall),
    toggle: () => (isFull.value ? document.exitFullscreen() : root.requestFullscreen()),
  }
}
