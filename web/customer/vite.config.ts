import { sharedBuild, sharedServer } from '@courtside/ui/vite-shared';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { serviceWorker } from './service-worker/plugin';

export default defineConfig({
  plugins: [react(), serviceWorker()],
  // Beside the app stands the page of the booking widget, which shares nothing with it but files.
  build: { ...sharedBuild, rolldownOptions: { input: ['index.html', 'embed.html'] } },
  worker: { format: 'es' },
  server: { port: 5173, ...sharedServer },
});
