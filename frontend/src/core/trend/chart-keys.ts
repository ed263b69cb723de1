/** What keys do with a chart. */
export interface KeyTarget {
  /** Reads the next thing measured. */
  step: (direction: 1 | -1) => void
  /** Moves it by a share of its length. */
  pan: (share: number) => void
  zoom: (factor: number) => void
  /** Back to now. */
  live: () => void
}

type KeyActions = Readonly<Record<string, (target: KeyTarget) => void>>

const PAN_SHARE = 0.1
const PAGE_SHARE = 0.8
const ZOOM = 1.5

const READING: KeyActions = {
  ArrowLeft: ({ step }) => {
    step(-1)
  },
  ArrowRight: ({ step }) => {
    step(1)
  },
}
const MOVING: KeyActions = {
  'Shift+ArrowLeft': ({ pan }) => {
    pan(-PAN_SHARE)
  },
  'Shift+ArrowRight': ({ pan }) => {
    pan(PAN_SHARE)
  },
  PageUp: ({ pan }) => {
    pan(-PAGE_SHARE)
  },
  PageDown: ({ pan }) => {
    pan(PAGE_SHARE)
  },
  '+': ({ zoom }) => {
    zoom(1 / ZOOM)
  },
  // The same key without Shift on many keyboards.
  '=': ({ zoom }) => {
    zoom(1 / ZOOM)
  },
  '-': ({ zoom }) => {
    zoom(ZOOM)
  },
  End: ({ live }) => {
    live()
  },
}

/** Does what a key says, which nobody else is to hear then; of a chart that stands still it is only read. */
export function hearKey(event: KeyboardEvent, target: KeyTarget, canMove: boolean): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const isShifted = event.shiftKey && event.key.startsWith('Arrow')
  const key = isShifted ? `Shift+${event.key}` : event.key
  const action = READING[key] ?? (canMove ? MOVING[key] : undefined)
  if (!action) return
  event.preventDefault()
  event.stopPropagation()
  action(target)
}
