import { pushWorker, sharedBuild, sharedServer } from '@courtside/ui/vite-shared';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/admin/',
  plugins: [react(), pushWorker('/admin')],
  build: sharedBuild,
  worker: { format: 'es' },
  server: { port: 5174, ...sharedServer },
});
