// Builds the page into dist/dashboard, from where `brigade serve` serves it. For work on the page itself, `npm run dashboard`
// serves it with reloading, in front of a `brigade serve` on the port in BRIGADE_DASHBOARD_PORT (4747).

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = `http://127.0.0.1:${process.env.BRIGADE_DASHBOARD_PORT ?? '4747'}`;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // A data: address in the page would need another word in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/v1', '/auth', '/healthz', '/openapi.json'].map((path) => [path, { target: server }])),
  },
});
