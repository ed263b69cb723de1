import { defineConfig, mergeConfig } from 'vitest/config'
import viteConfig from './vite.config.ts'

export default mergeConfig(
  viteConfig,
  defineConfig({
    // The compiler of vue-i18n is there to compare ours with.
    define: { __INTLIFY_DROP_MESSAGE_COMPILER__: 'false' },
    test: {
      include: ['src/**/*.spec.ts', 'scripts/**/*.spec.js'],
      // A spec that mounts a component asks for jsdom in its first line; starting it is slow.
      environment: 'node',
      setupFiles: ['scripts/unit-setup.js'],
      restoreMocks: true,
    },
  }),
)
