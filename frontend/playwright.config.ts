import { defineConfig } from '@playwright/test'
import { browserUse, builtPage, stackUrl } from './e2e/support/environment.ts'

/** Fixtures that hold the page to a second or two: nothing else runs beside them. */
const PROMPT = /(alarm-strip|fleet|palette|places|plc|trend)\.spec\.ts$/

/** With BASE_URL the real stack is tested, without it the built page against fixtures. */
export default defineConfig({
  forbidOnly: process.env['CI'] !== undefined,
  workers: 2,
  projects:
    stackUrl === undefined
      ? [
          { name: 'at ease', testDir: 'e2e/fixture', testIgnore: PROMPT, fullyParallel: true },
          {
            name: 'prompt',
            testDir: 'e2e/fixture',
            testMatch: PROMPT,
            workers: 1,
            dependencies: ['at ease'],
          },
        ]
      : [{ name: 'stack', testDir: 'e2e/stack', workers: 1 }],
  timeout: 30_000,
  // On a machine that builds and tests everything in one go, a browser may stall for a moment; what failed once is named.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: [['list']],
  use: browserUse,
  ...builtPage,
})
