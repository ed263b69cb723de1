import { onBeforeUnmount, onMounted, readonly, shallowRef, type Ref, type ShallowRef } from 'vue'

/** How wide an element is, in pixels; 0 until it is in the page. */
export function useWidth(element: Ref<HTMLElement | null>): Readonly<ShallowRef<number>> {
  const width = shallowRef(0)
  const observer = new ResizeObserver((entries) => {
    width.value = entries[0]?.contentRect.width ?? 0
  })
  onMounted(() => {
    if (!element.value) return
    width.value = element.value.clientWidth
    observer.observe(element.value)
  })
  onBeforeUnmount(() => {
    observer.disconnect()
  })
  return readonly(width)
}
