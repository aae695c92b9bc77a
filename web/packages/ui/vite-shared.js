/** What both apps tell Vite, so that they are built alike. */
import { readFileSync } from 'node:fs';

/** Where `courtside up` listens while an app is developed with `npm run dev`. */
const backend = process.env.COURTSIDE_URL ?? 'http://127.0.0.1:8080';

/** @type {import('vite').BuildEnvironmentOptions} */
export const sharedBuild = {
  target: 'es2023',
  // These know `light-dark()`; for older ones it would be rewritten into something that our scheme switch breaks.
  cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  // The map alone is about a megabyte; it is loaded only when it is shown.
  chunkSizeWarningLimit: 1200,
  // Nothing inline, so that `script-src 'self'` holds.
  assetsInlineLimit: 0,
};

/** @type {import('vite').ServerOptions} */
export const sharedServer = {
  proxy: {
    '/api': backend,
    '/sandbox': backend,
    '/ws': { target: backend, ws: true },
  },
};

/**
 * The worker's part that shows messages, for the app at `base`: nothing, or `/admin`.
 * @param {string} base
 */
export function pushWorkerSource(base) {
  const source = readFileSync(new URL('./service-worker/push.js', import.meta.url), 'utf8');
  return source.replace('__PUSH_BASE__', base);
}

/**
 * Puts `push-worker.js` beside the build, for an app whose worker does nothing else.
 * @param {string} base
 * @returns {import('vite').Plugin}
 */
export function pushWorker(base) {
  return {
    name: 'courtside-push-worker',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'push-worker.js', source: pushWorkerSource(base) });
    },
  };
}
