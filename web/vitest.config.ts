import { defineConfig } from 'vitest/config';
import react from '@vitejs/plugin-react';

export default defineConfig({
  plugins: [react()],
  test: {
    environment: 'jsdom',
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'customer/src/**/*.test.{ts,tsx}',
      'admin/src/**/*.test.{ts,tsx}',
      'lint/*.test.js',
    ],
    // Two zones apart from the courts', so that no test passes by the luck of the machine's own zone.
    env: { TZ: 'America/New_York' },
    restoreMocks: true,
  },
});
