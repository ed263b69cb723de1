import { computed, shallowRef, type ComputedRef } from 'vue'

/** Nobody goes back further, and each step holds what changed in it alone: documents share their widgets. */
const MAX_STEPS = 200

export interface Undo<State> {
  present: ComputedRef<State>
  canUndo: ComputedRef<boolean>
  canRedo: ComputedRef<boolean>
  /**
   * The next state. Changes of one thing in a row, such as the letters of a name, are one step: they
   * carry the same word for it.
   */
  commit: (next: State, what?: string) => void
  undo: () => void
  redo: () => void
  /** Ends a row of changes that would be one step. */
  settle: () => void
}

interface Steps<State> {
  past: readonly State[]
  present: State
  future: readonly State[]
}

/** A state with the way it came, and back. */
export function createUndo<State>(initial: State): Undo<State> {
  const steps = shallowRef<Steps<State>>({ past: [], present: initial, future: [] })
  let row: string | undefined

  return {
    present: computed(() => steps.value.present),
    canUndo: computed(() => steps.value.past.length > 0),
    canRedo: computed(() => steps.value.future.length > 0),
    commit: (next, what) => {
      const { past, present } = steps.value
      if (next === present) return
      const isSameRow = what !== undefined && what === row
      row = what
      steps.value = {
        past: isSameRow ? past : [...past, present].slice(-MAX_STEPS),
        present: next,
        future: [],
      }
    },
    undo: () => {
      const { past, present, future } = steps.value
      if (past.length === 0) return
      row = undefined
      steps.value = {
        past: past.slice(0, -1),
        present: past[past.length - 1] as State,
        future: [present, ...future],
      }
    },
    redo: () => {
      const { past, present, future } = steps.value
      if (future.length === 0) return
      row = undefined
      steps.value = {
        past: [...past, present],
        present: future[0] as State,
        future: future.slice(1),
      }
    },
    settle: () => {
      row = undefined
    },
  }
}
