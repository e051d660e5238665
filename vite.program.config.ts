// Bundles the `brigade` command (src/surface/cli/main.ts) and what a hook does without a desk into a few files: each file that a
// program loads costs it, and these would load hundreds. What comes from other packages stays with them.
//
// The programs of threads, the page and the bins are found from where a module stands, so each keeps the address that it has in
// dist/ without this.

import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const src = fileURLToPath(new URL('src', import.meta.url));

const addresses: Plugin = {
  name: 'addresses',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(src) || !code.includes('import.meta.url')) return null;
    const built = relative(src, id).replaceAll('\\', '/').replace(/\.ts$/, '.js');
    return { code: code.replaceAll('import.meta.url', `new URL('../${built}', import.meta.url).href`), map: null };
  },
};

/** What the build before made and this one does not. */
const clean: Plugin = {
  name: 'clean',
  writeBundle({ dir }, made) {
    if (dir === undefined) return;
    for (const name of readdirSync(dir)) if (!(name in made)) rmSync(join(dir, name), { recursive: true });
  },
};

export default defineConfig({
  publicDir: false,
  plugins: [addresses, clean],
  build: {
    ssr: true,
    outDir: 'dist/program',
    // Somebody may start it at any moment.
    emptyOutDir: false,
    target: 'node22',
    minify: false,
    rolldownOptions: {
      input: { brigade: 'src/surface/cli/main.ts', 'answer-alone': 'src/surface/hook/answer-alone.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
