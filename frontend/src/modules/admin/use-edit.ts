import { shallowRef, type ShallowRef } from 'vue'
import { useForm, type Form, type FormOptions } from '@/core/ui/use-form'

interface Versioned {
  version: number
}

export interface EditOptions<Item extends Versioned, Values extends object> extends Pick<
  FormOptions<Values>,
  'check' | 'fieldOf'
> {
  item: Item
  valuesOf: (item: Item) => Values
  /** Asks how it stands now. */
  load: () => Promise<Item>
  send: (values: Values, version: number) => Promise<void>
}

export interface Edit<Item extends Versioned, Values extends object> {
  form: Form<Values>
  /** How somebody else left it meanwhile, once a write was refused for that. */
  other: ShallowRef<Item | null>
  submit: () => Promise<boolean>
  /** Writes over what the other one wrote, now that it was seen. */
  keepMine: () => Promise<boolean>
  /** Begins anew from what the other one wrote. */
  takeTheirs: () => void
}

/** An edit of what others may edit too: nobody's work is written over unseen. */
export function useEdit<Item extends Versioned, Values extends object>(
  options: EditOptions<Item, Values>,
): Edit<Item, Values> {
  let version = options.item.version
  const other: ShallowRef<Item | null> = shallowRef(null)
  const form = useForm<Values>({
    initial: options.valuesOf(options.item),
    ...(options.check && { check: options.check }),
    ...(options.fieldOf && { fieldOf: options.fieldOf }),
    send: (values) => options.send(values, version),
  })

  async function submit(): Promise<boolean> {
    other.value = null
    const isDone = await form.submit()
    if (!form.isStale.value) return isDone
    try {
      other.value = await options.load()
    } catch (error) {
      // It may be gone altogether.
      form.failure.value = error
    }
    return false
  }

  return {
    form,
    other,
    submit,
    keepMine: () => {
      version = other.value?.version ?? version
      return submit()
    },
    takeTheirs: () => {
      if (!other.value) return
      version = other.value.version
      form.reset(options.valuesOf(other.value))
      other.value = null
    },
  }
}
