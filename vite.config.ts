import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { VitePWA } from 'vite-plugin-pwa';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { CHROMIUM, CHROMIUM_FLAGS } from './test/helpers/chromium.ts';

/**
 * Monaco names its workers itself, for pages that say nothing of them (src/app/editor/workers.ts does): without this each
 * would be in the build twice.
 */
const monacoWorkersOnce: Plugin = {
  name: 'monaco-workers-once',
  apply: 'build',
  enforce: 'pre',
  transform: {
    filter: { id: /monaco-editor\/esm\/vs\/languages\/features\/\w+\/\w+\.js$/ },
    handler: (code) =>
      code.replaceAll(/new Worker\(new URL\('\w+\.worker\.js', import\.meta\.url\), \{[^}]*\}\)/g, 'undefined'),
  },
};

export default defineConfig({
  root: 'src/app',
  cacheDir: fileURLToPath(new URL('node_modules/.vite', import.meta.url)),
  // y-monaco 0.1.6 imports a path that Monaco stopped exporting in 0.56; it serves as the oracle of the binding's tests.
  resolve: {
    alias: [{ find: /^monaco-editor\/esm\/vs\/editor\/editor\.api\.js$/, replacement: 'monaco-editor/editor' }],
  },
  // Found late, a dependency makes Vite bundle them all anew in the middle of a test: two copies of Yjs in one page.
  optimizeDeps: {
    include: [
      'fflate',
      'idb',
      'lib0/buffer',
      'lib0/decoding',
      'lib0/encoding',
      'lib0/string',
      'lit',
      'monaco-editor/editor/editor.worker',
      'monaco-editor/languages/features/css/css.worker',
      'monaco-editor/languages/features/html/html.worker',
      'monaco-editor/languages/features/json/json.worker',
      'monaco-editor/languages/features/typescript/ts.worker',
      'y-indexeddb',
      'y-monaco',
      'y-protocols/awareness',
      'yjs',
    ],
  },
  worker: { format: 'es' },
  build: { outDir: '../../dist/app', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 6000 },
  plugins: [
    monacoWorkersOnce,
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      manifest: false,
      workbox: {
        // As one file: Trusted Types let a service worker load no other.
        inlineWorkboxRuntime: true,
        globPatterns: ['**/*.{js,css,html,svg,ttf,woff2}'],
        maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
        // The services of languages are nine megabytes: kept on first use, or when the page is idle (src/app/editor/workers.ts).
        globIgnores: ['**/{typescript,css,html}.worker-*.js'],
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/v1\//],
        runtimeCaching: [
          { urlPattern: ({ url }) => url.pathname === '/config.json', handler: 'NetworkFirst' },
          {
            urlPattern: /\/assets\/(?:typescript|css|html)\.worker-[^/]+\.js$/,
            handler: 'CacheFirst',
            options: { cacheName: 'cowrite-languages', matchOptions: { ignoreVary: true } },
          },
        ],
      },
    }),
  ],
  test: {
    projects: [
      {
        extends: true,
        root: import.meta.dirname,
        test: {
          name: 'unit',
          include: ['test/{core,sync,simulation,cli,functions}/**/*.test.ts', 'test/*.test.ts'],
          environment: 'node',
        },
      },
      {
        extends: true,
        root: import.meta.dirname,
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
      },
      {
        extends: true,
        root: import.meta.dirname,
        test: {
          name: 'browser',
          include: ['test/{app,store}/**/*.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_FLAGS } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        root: import.meta.dirname,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
