import { defineConfig } from '@playwright/test'
import { browserUse, builtPage, stackUrl } from './e2e/support/environment.ts'

/** With BASE_URL the real stack is tested, without it the built page against fixtures. */
export default defineConfig({
  testDir: stackUrl === undefined ? 'e2e/fixture' : 'e2e/stack',
  forbidOnly: process.env['CI'] !== undefined,
  // One page at a time: the tests measure how soon the page reacts.
  workers: 1,
  timeout: 30_000,
  reporter: [['list']],
  use: browserUse,
  ...builtPage,
})
