// Bundles `brigade-hook` (src/hook.ts) into a file that loads nothing but a few of Node's own modules: a client starts it at
// every edit, and each file that a program loads costs it. What it needs only when there is something to ask is a second file
// beside it, and what it needs only where no desk is open is not bundled at all.
//
// CommonJS, because an `import` of one of Node's own modules loads all that it has, and `require` only what is used.

import { defineConfig, type Plugin } from 'vite';

const alone: Plugin = {
  name: 'alone',
  enforce: 'pre',
  resolveId: (source) =>
    source.endsWith('/answer-alone.ts') ? { id: '../program/answer-alone.js', external: true } : null,
};

export default defineConfig({
  publicDir: false,
  plugins: [alone],
  ssr: { noExternal: true },
  build: {
    ssr: 'src/hook.ts',
    outDir: 'dist/hook',
    // Their names never change, and a client may start one at any moment.
    emptyOutDir: false,
    target: 'node22',
    minify: false,
    rolldownOptions: {
      output: { format: 'cjs', entryFileNames: 'brigade-hook.cjs', chunkFileNames: '[name].cjs' },
    },
  },
});
