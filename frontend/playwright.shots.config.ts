import { defineConfig } from '@playwright/test'
import { browserUse, builtPage } from './e2e/support/environment.ts'

/** Screenshots into SHOTS_DIR, of the stack at BASE_URL or of the fixtures. */
export default defineConfig({
  testDir: 'e2e/shots',
  workers: 1,
  timeout: 120_000,
  reporter: [['list']],
  use: browserUse,
  ...builtPage,
})
