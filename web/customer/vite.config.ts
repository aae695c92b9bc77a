import { sharedBuild, sharedServer } from '@courtside/ui/vite-shared';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { serviceWorker } from './service-worker/plugin';

export default defineConfig({
  plugins: [react(), serviceWorker()],
  build: sharedBuild,
  worker: { format: 'es' },
  server: { port: 5173, ...sharedServer },
});
