import { onScopeDispose } from 'vue'
import { addKeys, type KeyBinding } from '@/core/keys/keys'

/** Keys of a component, for as long as it lives; the help shows them (`?`). */
export function useKeys(bindings: readonly KeyBinding[]): void {
  onScopeDispose(addKeys(bindings))
}
