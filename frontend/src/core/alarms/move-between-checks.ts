const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_at, last) => last,
}

/**
 * Moves the focus from one box of a list to another by the arrows, Home and End. With Shift what it passes is to be
 * selected: the ids are answered.
 */
export function moveBetweenChecks(event: KeyboardEvent, list: ParentNode): string[] {
  const step = STEPS[event.key]
  const target = event.target
  if (!step || event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element))
    return []
  const boxes = [...list.querySelectorAll<HTMLInputElement>('[data-select]')]
  const at = boxes.findIndex((box) => box === target)
  if (at < 0) return []
  event.preventDefault()
  const to = step(at, boxes.length - 1)
  boxes[to]?.focus()
  if (!event.shiftKey) return []
  return boxes
    .slice(Math.min(at, to), Math.max(at, to) + 1)
    .map((box) => box.dataset['select'] ?? '')
}
