import { useRouter } from 'vue-router'

/**
 * Opens a plain `<a href>` inside the app. A `RouterLink` watches every navigation; with thousands
 * of metrics on a page that would be felt on each key typed into a filter.
 */
export function useLocalLink(): (event: MouseEvent) => void {
  const router = useRouter()
  return (event) => {
    const link = event.currentTarget
    const isPlainClick =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!(link instanceof HTMLAnchorElement) || !isPlainClick || event.defaultPrevented) return
    event.preventDefault()
    void router.push(link.pathname + link.search)
  }
}
