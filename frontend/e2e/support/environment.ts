import { execFileSync } from 'node:child_process'
import type { PlaywrightTestConfig } from '@playwright/test'

/** Address of a running stack, if the tests are to use one. */
export const stackUrl = process.env['BASE_URL']

/** A port that is free now. Chosen once: the workers, which read this file too, inherit it. */
function previewPort(): string {
  const LISTEN =
    "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"
  process.env['VIGIA_PREVIEW_PORT'] ??= execFileSync(process.execPath, ['-e', LISTEN])
    .toString()
    .trim()
  return process.env['VIGIA_PREVIEW_PORT']
}

const baseURL = stackUrl ?? `http://127.0.0.1:${previewPort()}`

export const browserUse: NonNullable<PlaywrightTestConfig['use']> = {
  baseURL,
  // Behind Nginx the certificate is one of its own.
  ignoreHTTPSErrors: baseURL.startsWith('https://localhost:'),
  browserName: 'chromium',
  viewport: { width: 1280, height: 800 },
  locale: 'es-AR',
  timezoneId: 'America/Argentina/Buenos_Aires',
  trace: 'retain-on-failure',
  launchOptions: {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    // Chromium's sandbox does not start for root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  },
}

/** Serves dist/ with the Content-Security-Policy of production; nothing to serve for a real stack. */
export const builtPage: Pick<PlaywrightTestConfig, 'webServer'> =
  stackUrl === undefined
    ? {
        webServer: {
          command: `node node_modules/vite/bin/vite.js preview --strictPort --port ${previewPort()}`,
          url: baseURL,
          reuseExistingServer: false,
        },
      }
    : {}
