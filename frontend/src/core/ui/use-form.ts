import { reactive, shallowRef, type ShallowRef } from 'vue'
import { ApiError, PROBLEM_CODE } from '@/core/http/api-error'

export type Faults<Values extends object> = Partial<Record<keyof Values & string, string>>

export interface Form<Values extends object> {
  values: Values
  /** What is wrong with which field, in words. */
  faults: ShallowRef<Faults<Values>>
  /** Why the form was not taken, where that is about no field of it. */
  failure: ShallowRef<unknown>
  isBusy: ShallowRef<boolean>
  /** Somebody else changed the same meanwhile. */
  isStale: ShallowRef<boolean>
  /** Whether it differs from what it began as. */
  isChanged: () => boolean
  reset: (values: Values) => void
  /** Checks, sends, and tells whether it was taken. */
  submit: () => Promise<boolean>
}

export interface FormOptions<Values extends object> {
  initial: Values
  /** What is wrong with these values, by field; nothing if they may be sent. */
  check?: (values: Values) => Faults<Values>
  send: (values: Values) => Promise<void>
  /** Which field a name in the server's answer is about, where it is not the name of the field. */
  fieldOf?: (name: string) => (keyof Values & string) | undefined
}

/** A form that is checked here for what can be said without asking, and by the server for the rest. */
export function useForm<Values extends object>(options: FormOptions<Values>): Form<Values> {
  let began = structuredClone(options.initial)
  const values = reactive(structuredClone(options.initial)) as Values
  const faults = shallowRef<Faults<Values>>({})
  const failure = shallowRef<unknown>(null)
  const isBusy = shallowRef(false)
  const isStale = shallowRef(false)

  function refuse(error: unknown): void {
    isStale.value = error instanceof ApiError && error.code === PROBLEM_CODE.staleVersion
    const found: Record<string, string> = {}
    for (const { field, detail } of error instanceof ApiError ? error.fields : []) {
      const name = options.fieldOf?.(field) ?? field
      if (name in values) found[name] ??= detail
    }
    faults.value = found as Faults<Values>
    if (Object.keys(found).length === 0 && !isStale.value) failure.value = error
  }

  return {
    values,
    faults,
    failure,
    isBusy,
    isStale,
    isChanged: () => JSON.stringify(values) !== JSON.stringify(began),
    reset: (next) => {
      began = structuredClone(next)
      Object.assign(values, structuredClone(next))
      faults.value = {}
      failure.value = null
      isStale.value = false
    },
    submit: async () => {
      if (isBusy.value) return false
      failure.value = null
      isStale.value = false
      faults.value = options.check?.(values) ?? {}
      if (Object.keys(faults.value).length > 0) return false
      isBusy.value = true
      try {
        await options.send(values)
        return true
      } catch (error) {
        refuse(error)
        return false
      } finally {
        isBusy.value = false
      }
    },
  }
}
