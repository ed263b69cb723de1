import { watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'

/** Names the browser tab after the page, the part that differs first. */
export function usePageTitle(title: () => string): void {
  const { t } = useI18n()
  watchEffect(() => {
    document.title = `${title()} · ${t('app.name')}`
  })
}
