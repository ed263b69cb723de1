import { shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { ApiError } from '@/core/http/api-error'
import { useCountdown } from '@/modules/account/use-countdown'

/** Where the server does not say how long to wait. */
const DEFAULT_WAIT_SECONDS = 30

export interface FormFailure {
  failure: ShallowRef<unknown>
  /** Seconds until the server wants to be asked again. */
  wait: ComputedRef<number>
  fail: (error: unknown) => void
}

/** Why a form was not taken, where that is about no field of it. */
export function useFormFailure(): FormFailure {
  const failure = shallowRef<unknown>(null)
  const { seconds, start } = useCountdown()
  return {
    failure,
    wait: seconds,
    fail: (error) => {
      failure.value = error
      if (isLocked(error)) start(error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS)
    },
  }
}

/** Whether there were too many attempts. */
export function isLocked(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 429
}
