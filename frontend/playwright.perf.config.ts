import { defineConfig } from '@playwright/test'
import { browserUse } from './e2e/support/environment.ts'

/** How much work the built page is: figures, and whether they hold what is promised. */
export default defineConfig({
  testDir: 'e2e/perf',
  testMatch: '*.perf.ts',
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: { ...browserUse, trace: 'off' },
})
