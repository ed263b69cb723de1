import { onBeforeUnmount } from 'vue'

/** Keys of the whole editor. In a field of text the browser's own undo is nearer to hand. */
export function useEditorKeys(actions: {
  undo: () => void
  redo: () => void
  /** Nothing is sent that the button would not send. */
  canSave: () => boolean
  save: () => void
}): void {
  function onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return
    const key = event.key.toLowerCase()
    // Nobody wants the page itself saved as a file.
    if (key === 's') event.preventDefault()
    // What is in front asks about the work as it is.
    if (document.querySelector(':modal')) return
    if (key === 's') {
      if (!event.repeat && actions.canSave()) actions.save()
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
