import { useI18n } from 'vue-i18n'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { useErrorText } from '@/core/ui/use-error-text'

/** Codes of problems that only the administration meets. */
const KNOWN = ['limit_reached', 'not_empty', 'already_exists', 'stale_version'] as const

/** Why a write was refused, in words. */
export function useRefusal(): (error: unknown) => string {
  const { t } = useI18n()
  const errorText = useErrorText()
  return (error) => {
    const code = error instanceof ApiError ? KNOWN.find((known) => known === error.code) : undefined
    return code ? t(`admin.refusal.${code}`) : errorText(error)
  }
}

/** The same refusal, as one of a field: a form then shows the words beside it. */
export function refusedField(error: ApiError, field: string, detail: string): ApiError {
  return new ApiError(API_FAILURE.status, detail, {
    status: error.status ?? 422,
    problem: { title: null, code: error.code, detail, errors: [{ field, detail }] },
  })
}

/** Whether the server refused for this reason. */
export function isRefusal(error: unknown, code: string): error is ApiError {
  return error instanceof ApiError && error.code === code
}
