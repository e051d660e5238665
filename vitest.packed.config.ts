// The contract and the scenarios against an installed package instead of src/: scripts/check-nodes.ts runs it on each Node we
// support. BRIGADE_TEST_PACKAGE is the installed package's folder; imports of src/x.ts become its dist/x.js.

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const sources = fileURLToPath(new URL('src', import.meta.url));
const installed = process.env.BRIGADE_TEST_PACKAGE;
if (installed === undefined) throw new Error('BRIGADE_TEST_PACKAGE is not set; use npm run check:nodes');

export default defineConfig({
  plugins: [{ name: 'sources-from-the-package', enforce: 'pre', resolveId: fromPackage }],
  test: {
    name: 'packed',
    include: ['test/contract/**/*.test.ts', 'test/scenarios/**/*.test.ts'],
    setupFiles: ['test/support/isolate.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

/** The file of the package that was built from the source which `importer` asks for; null for anything else. */
function fromPackage(asked: string, importer: string | undefined): string | null {
  if (importer === undefined || !asked.startsWith('.')) return null;
  const within = relative(sources, resolve(dirname(importer), asked));
  if (within.startsWith(`..${sep}`) || !within.endsWith('.ts')) return null;
  const built = join(installed ?? '', 'dist', within.replace(/\.ts$/, '.js'));
  return existsSync(built) ? built : null;
}
