import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const BACKEND = process.env['VIGIA_BACKEND'] ?? 'http://127.0.0.1:8080'

/**
 * The policy the reverse proxy sends in production. `vite preview` sends it as well, so that the
 * browser tests fail on a violation before anything is deployed.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

export default defineConfig({
  plugins: [vue(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    // Only the composition API is used: the legacy half of vue-i18n stays out of the bundle.
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    // A small one of our own is enough (core/i18n/compile-message).
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __VUE_OPTIONS_API__: 'false',
  },
  build: {
    target: 'es2022',
    // The size budget reads the manifest to know what the first page loads.
    manifest: true,
    // Inlined assets and the inline polyfill would both break the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What the first page needs stays together, however many other pages share parts of it: divided, it
        // would be larger and come in more pieces.
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 2 },
            { name: 'first', tags: ['$initial'], priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      // The backend takes writes from its own pages alone.
      '/api/': { target: BACKEND, changeOrigin: true, headers: { origin: BACKEND } },
      '/health': { target: BACKEND, changeOrigin: true },
      // The backend checks where a socket comes from.
      '/ws': { target: BACKEND, changeOrigin: true, ws: true, rewriteWsOrigin: true },
    },
  },
  preview: {
    host: '127.0.0.1',
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
  },
})
