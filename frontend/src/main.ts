import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp, nextTick } from 'vue'
import App from '@/App.vue'
import { API, createApiClient } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'
import { createMessages } from '@/core/i18n/i18n'
import { createLive, LIVE } from '@/core/live/live'
import { usePreferences } from '@/core/preferences/preferences-store'
import { CLOCK, createClock } from '@/core/time/clock'
import { createAppRouter } from '@/router'
import '@/style.css'

const MAX_RETRIES = 2

const clock = createClock()
// A 401 reaches the page as an `ApiError`; `onUnauthorized` is where a login will be asked for.
const api = createApiClient({ onAnswer: clock.observeServerDate })
const live = createLive({ api })
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A plant's network often has no way to the internet, and then the browser says "offline".
      networkMode: 'always',
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < MAX_RETRIES && error instanceof ApiError && error.isTransient,
    },
  },
})

const app = createApp(App)
app.use(createPinia())
app.use(createMessages(usePreferences().language))
const router = createAppRouter()
app.use(router)
app.use(VueQueryPlugin, { queryClient: queries })
app.provide(CLOCK, clock)
app.provide(API, api)
app.provide(LIVE, live)
app.mount('#app')
// The first page says what it wants to hear before the connection is opened, so that a deep link to
// one PLC is not sent the state of all of them.
void router.isReady().finally(() => nextTick(live.start))

// A deployment replaced the files this page was built with: the new page is one reload away. Once a
// minute at most, or a file that is really missing would reload for ever.
window.addEventListener('vite:preloadError', (event) => {
  const RELOADED_AT = 'vigia.reloadedAt'
  if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < 60_000) return
  sessionStorage.setItem(RELOADED_AT, String(Date.now()))
  event.preventDefault()
  location.reload()
})
