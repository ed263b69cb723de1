import { useI18n } from 'vue-i18n'
import { API_FAILURE, ApiError, PROBLEM_CODE } from '@/core/http/api-error'

/** Says in the language on screen what kept a call from succeeding. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useI18n()
  return (error) => {
    if (!(error instanceof ApiError)) return t('error.shape')
    const { failure, status, code } = error
    if (failure === API_FAILURE.network) return t('error.network')
    if (failure === API_FAILURE.shape) return t('error.shape')
    if (status === 401) return t('error.unauthorized')
    if (status === 403) return t('error.forbidden')
    if (status === 404) return t('error.notFound')
    if (code === PROBLEM_CODE.databaseUnavailable) return t('error.database')
    return t('error.status', { status })
  }
}
