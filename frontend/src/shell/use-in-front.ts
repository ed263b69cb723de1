import {
  defineAsyncComponent,
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  type Component,
  type ShallowRef,
} from 'vue'
import { useMessages } from '@/core/i18n/i18n'

interface InFront<Name extends string> {
  /** What is shown, or about to be. */
  component: Readonly<ShallowRef<Component | null>>
  /** What was typed while it was being fetched. */
  typed: Readonly<ShallowRef<string>>
  open: (name: Name) => void
  /** It is there and hears keys itself. */
  opened: () => void
  close: () => void
}

/**
 * What opens in front of the page, fetched with its words when it is opened for the first time. Who types on at once
 * loses no letter.
 */
export function useInFront<Name extends string>(
  loads: Readonly<Record<Name, () => Promise<{ default: Component }>>>,
): InFront<Name> {
  const messages = useMessages()
  const components = new Map<Name, Component>()
  const component = shallowRef<Component | null>(null)
  const typed = shallowRef('')

  function componentOf(name: Name): Component {
    const known = components.get(name)
    if (known) return known
    const made = defineAsyncComponent(async () => {
      const [loaded] = await Promise.all([loads[name](), messages.load('shell')])
      return loaded.default
    })
    components.set(name, made)
    return made
  }

  function collect(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') close()
    else if (event.key === 'Backspace') typed.value = typed.value.slice(0, -1)
    else if (event.key.length === 1) typed.value += event.key
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  function opened(): void {
    window.removeEventListener('keydown', collect, true)
  }
  function close(): void {
    opened()
    component.value = null
  }
  onScopeDispose(opened)

  return {
    component: shallowReadonly(component),
    typed: shallowReadonly(typed),
    open: (name) => {
      typed.value = ''
      component.value = componentOf(name)
      window.addEventListener('keydown', collect, true)
    },
    opened,
    close,
  }
}
