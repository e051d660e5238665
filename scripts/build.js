// Builds src/ into dist/. Runs as `npm run build`, and as `prepare` after `npm ci`. Plain JavaScript, because on the first
// install it may run before anything is known about the Node that runs it.
//
//   --if-missing   only when dist/ has no entry yet

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const isBuilt = existsSync(join(dist, 'surface', 'cli', 'main.js'));

if (process.argv.includes('--if-missing') && isBuilt) process.exit(0);
if (!existsSync(compiler)) {
  if (isBuilt) process.exit(0);
  console.error('brigade: dist/ is missing and the compiler is not installed. Run `npm ci` with dev dependencies.');
  process.exit(1);
}

removeOutputsWithoutSource(dist);
const { status } = spawnSync(process.execPath, [compiler, '-b', join(root, 'src')], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

/**
 * A deleted or renamed source must not go on being importable, or shipped.
 *
 * @param {string} folder
 */
function removeOutputsWithoutSource(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== '.build') removeOutputsWithoutSource(path);
    } else if (/\.(js|d\.ts)$/.test(entry.name)) {
      const source = join(root, 'src', relative(dist, path).replace(/(\.d\.ts|\.js)$/, '.ts'));
      if (!existsSync(source)) rmSync(path);
    }
  }
}
