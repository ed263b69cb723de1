import { onBeforeUnmount } from 'vue'

/** Keys of the whole editor. In a field of text the browser's own undo is nearer to hand. */
export function useEditorKeys(actions: {
  undo: () => void
  redo: () => void
  save: () => void
}): void {
  function onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return
    const key = event.key.toLowerCase()
    if (key === 's') {
      event.preventDefault()
      actions.save()
      return
    }
    if (isTextField(event.target)) return
    if (key === 'z') {
      event.preventDefault()
      if (event.shiftKey) actions.redo()
      else actions.undo()
    } else if (key === 'y') {
      event.preventDefault()
      actions.redo()
    }
  }
  window.addEventListener('keydown', onKey)
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKey)
  })
}

function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)
  )
}
