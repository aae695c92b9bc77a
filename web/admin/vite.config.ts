import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `courtside up` listens while the portal is developed with `npm run dev`. */
const backend = process.env.COURTSIDE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  build: {
    target: 'es2023',
    // The map alone is about a megabyte; it is loaded only with the form of a new court.
    chunkSizeWarningLimit: 1200,
    // Nothing inline, so that `script-src 'self'` holds.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  server: {
    port: 5174,
    proxy: {
      '/api': backend,
      '/sandbox': backend,
      '/ws': { target: backend, ws: true },
    },
  },
});
