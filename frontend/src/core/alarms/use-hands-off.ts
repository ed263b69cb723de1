import { computed, onBeforeUnmount, onMounted, shallowRef, type ComputedRef, type Ref } from 'vue'

/** A finger that was lifted is likely to come back to where it was. */
const TOUCH_MS = 3_000
/** As much of the top of the window is always covered. */
const UNDER_HEAD_PX = 80

/**
 * Whether a list may move: its top is on screen, and no pointer, finger or focus is in it. Nothing is inserted under
 * somebody's hand.
 */
export function useHandsOff(
  list: Ref<HTMLElement | null>,
  top: Ref<HTMLElement | null>,
): ComputedRef<boolean> {
  const isTopInView = shallowRef(false)
  const isHovered = shallowRef(false)
  const isTouched = shallowRef(false)
  const isFocused = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const observer = new IntersectionObserver(
    (entries) => {
      isTopInView.value = entries.at(-1)?.isIntersecting ?? false
    },
    { rootMargin: `-${String(UNDER_HEAD_PX)}px 0px 0px` },
  )

  function point(event: PointerEvent): void {
    if (event.pointerType === 'mouse') {
      isHovered.value = true
      return
    }
    isTouched.value = true
    clearTimeout(timer)
    timer = setTimeout(() => {
      isTouched.value = false
    }, TOUCH_MS)
  }
  function leave(): void {
    isHovered.value = false
  }
  function focus(): void {
    isFocused.value = list.value?.contains(document.activeElement) ?? false
  }

  const ENTERED = ['pointermove', 'pointerdown', 'pointerup'] as const
  onMounted(() => {
    if (top.value) observer.observe(top.value)
    for (const name of ENTERED) list.value?.addEventListener(name, point, { passive: true })
    list.value?.addEventListener('pointerleave', leave)
    document.addEventListener('focusin', focus)
    document.addEventListener('focusout', focusLater)
  })
  /** The focus is nowhere while it moves. */
  function focusLater(): void {
    setTimeout(focus, 0)
  }
  onBeforeUnmount(() => {
    observer.disconnect()
    clearTimeout(timer)
    document.removeEventListener('focusin', focus)
    document.removeEventListener('focusout', focusLater)
  })

  return computed(
    () => isTopInView.value && !isHovered.value && !isTouched.value && !isFocused.value,
  )
}
