/** Puts the service worker beside the build, with the names of all files that the app needs without a network. */
import { pushWorkerSource } from '@courtside/ui/vite-shared';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * The map is a megabyte and needs tiles from the network; the list beside it has everything. The widget is for visitors
 * of other sites.
 */
const notKept = /CourtMap|maplibre|\.pmtiles$|\.map$|\/embed-/;

export function serviceWorker(): Plugin {
  return {
    name: 'courtside-service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((file) => file.startsWith('assets/') && !notKept.test(file))
        .map((file) => `/${file}`)
        .sort();
      const offline = readFileSync(new URL('./worker.js', import.meta.url), 'utf8');
      const source = `${offline}\n${pushWorkerSource('')}`;
      const version = createHash('sha256')
        .update(JSON.stringify(files) + source)
        .digest('hex')
        .slice(0, 12);
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: source.replace("'__FILES__'", JSON.stringify(files)).replace('__VERSION__', version),
      });
    },
  };
}
