import { defineConfig } from '@playwright/test'
import { browserUse } from './e2e/support/environment.ts'

/** Pictures of the stack at BASE_URL, into SCREENS_DIR. */
export default defineConfig({
  testDir: 'e2e/screens',
  workers: 1,
  timeout: 600_000,
  reporter: [['list']],
  use: {
    ...browserUse,
    // Fields for dates are written by the browser itself, in its own language.
    launchOptions: { ...browserUse.launchOptions, env: { ...process.env, LANGUAGE: 'es_AR' } },
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
  },
})
