import { onBeforeUnmount, onMounted, readonly, shallowRef, type Ref, type ShallowRef } from 'vue'

type Callback = (visible: boolean) => void

/** Something is in view a little before it is seen, so that it is current when it is. */
const MARGIN = '200px'
const DELAY_MS = 100

const callbacks = new WeakMap<Element, Callback>()
let observer: IntersectionObserver | undefined

/** One observer serves hundreds of tiles. */
function sharedObserver(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) callbacks.get(entry.target)?.(entry.isIntersecting)
    },
    // A delay spares the browser to look at every one of them in every frame.
    { rootMargin: MARGIN, delay: DELAY_MS } as IntersectionObserverInit,
  )
  return observer
}

export function useInView(element: Ref<HTMLElement | null>): Readonly<ShallowRef<boolean>> {
  const visible = shallowRef(false)
  let observed: HTMLElement | null = null
  onMounted(() => {
    observed = element.value
    if (!observed) return
    callbacks.set(observed, (next) => {
      visible.value = next
    })
    sharedObserver().observe(observed)
  })
  onBeforeUnmount(() => {
    if (observed) sharedObserver().unobserve(observed)
  })
  return readonly(visible)
}
