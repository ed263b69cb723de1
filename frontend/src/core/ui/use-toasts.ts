import { readonly, shallowRef, type ShallowRef } from 'vue'

const STAYS_MS = 6_000

export interface Toast {
  id: number
  text: string
}

const shown = shallowRef<readonly Toast[]>([])
let last = 0

export interface Toasts {
  shown: Readonly<ShallowRef<readonly Toast[]>>
  /** Says that something was done. What failed is said where it was tried, and stays. */
  say: (text: string) => void
  dismiss: (id: number) => void
}

/** Short notes that something was done, for a few seconds. */
export function useToasts(): Toasts {
  const dismiss = (id: number): void => {
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }
  return {
    shown: readonly(shown) as Readonly<ShallowRef<readonly Toast[]>>,
    say: (text) => {
      const id = (last += 1)
      shown.value = [...shown.value, { id, text }]
      setTimeout(() => {
        dismiss(id)
      }, STAYS_MS)
    },
    dismiss,
  }
}
