import { onBeforeUnmount, onMounted } from 'vue'

/** Asks again every so often what grows old on the screen, while somebody can see it. */
export function useRefreshing(refetch: () => void, everyMs: number): void {
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    timer = setInterval(() => {
      if (!document.hidden) refetch()
    }, everyMs)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
  })
}
