import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from '@/App.vue'
import { API, createApiClient } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'
import { createMessages, MESSAGES } from '@/core/i18n/i18n'
import { createLive, LIVE } from '@/core/live/live'
import { usePreferences } from '@/core/preferences/preferences-store'
import { followSession } from '@/core/session/follow-session'
import { createSession, SESSION } from '@/core/session/session'
import { CLOCK, createClock } from '@/core/time/clock'
import { createAppRouter } from '@/router'
import '@/style.css'

const MAX_RETRIES = 2
const WORDS_RETRY_MS = 10_000

const clock = createClock()
const api = createApiClient({
  onAnswer: clock.observeServerDate,
  onUnauthorized: () => {
    session.expire()
  },
})
const session = createSession({ api })
// As early as can be: no page is shown before it is known.
void session.ask()
const live = createLive({ api, onSessionDoubt: () => void session.ask() })
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
const { language } = usePreferences()
const messages = createMessages(language)
// Meanwhile the server is asked who is logged in.
const worded = messages.show(language)
app.use(messages.plugin)
const router = createAppRouter(messages)
followSession({ session, router, live, queries, shown: worded })
app.use(router)
app.use(VueQueryPlugin, { queryClient: queries })
app.provide(CLOCK, clock)
app.provide(API, api)
app.provide(SESSION, session)
app.provide(LIVE, live)
app.provide(MESSAGES, messages)

// A deployment replaced the files this page was built with: the new page is one reload away. Once a
// minute at most, or a file that is really missing would reload for ever.
window.addEventListener('vite:preloadError', (event) => {
  const RELOADED_AT = 'vigia.reloadedAt'
  if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < 60_000) return
  sessionStorage.setItem(RELOADED_AT, String(Date.now()))
  event.preventDefault()
  location.reload()
})

worded.then(
  () => app.mount('#app'),
  // A screen on a wall has nobody to press a button when the server is back.
  () => setTimeout(() => location.reload(), WORDS_RETRY_MS),
)
