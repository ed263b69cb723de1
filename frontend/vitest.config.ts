import { defineConfig, mergeConfig } from 'vitest/config'
import viteConfig from './vite.config.ts'

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      include: ['src/**/*.spec.ts', 'scripts/**/*.spec.js'],
      // A spec that mounts a component asks for jsdom in its first line; starting it is slow.
      environment: 'node',
      setupFiles: ['scripts/unit-setup.js'],
      restoreMocks: true,
    },
  }),
)
