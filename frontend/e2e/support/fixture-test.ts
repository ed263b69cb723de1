import { FakeBackend } from './backend.ts'
import { test as base } from './test.ts'

/** Every test has a backend of its own, made of fixtures. */
export const test = base.extend<{ backend: FakeBackend }>({
  backend: [
    async ({ page }, use) => {
      const backend = new FakeBackend()
      await backend.install(page)
      await use(backend)
      backend.dispose()
    },
    { auto: true },
  ],
})
