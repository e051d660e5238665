// Builds src/ into dist/, the commands into a few files of their own, which start sooner, and the page of dashboard/ into
// dist/dashboard. Runs as `npm run build`, and as `prepare` after `npm ci`. Plain JavaScript, because on the first install it may
// run before anything is known about the Node that runs it.
//
//   --if-missing   only when dist/ has no entry yet

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const dashboard = join(dist, 'dashboard');
/** What is bundled: the folder, its configuration and the file that tells when it was done. */
const programs = [
  { folder: join(dist, 'hook'), config: 'vite.hook.config.ts', made: join(dist, 'hook', 'brigade-hook.cjs') },
  { folder: join(dist, 'program'), config: 'vite.program.config.ts', made: join(dist, 'program', 'brigade.js') },
];
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const isBuilt = [...programs.map(({ made }) => made), join(dashboard, 'index.html.gz')].every((path) =>
  existsSync(path),
);

if (process.argv.includes('--if-missing') && isBuilt) process.exit(0);
if (!existsSync(compiler)) {
  if (isBuilt) process.exit(0);
  console.error('brigade: dist/ is missing and the compiler is not installed. Run `npm ci` with dev dependencies.');
  process.exit(1);
}

// What the compiler did not make.
const OTHERS = new Set([join(dist, '.build'), dashboard, ...programs.map(({ folder }) => folder)]);
removeOutputsWithoutSource(dist);
const { status } = spawnSync(process.execPath, [compiler, '-b', join(root, 'src')], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
for (const { config, made } of programs) if (!isFresh(config, made)) bundle(['--config', config]);
if (!isDashboardFresh()) {
  bundle(['dashboard']);
  compress(dashboard);
}

/**
 * Ends the build where it fails.
 *
 * @param {readonly string[]} what
 */
function bundle(what) {
  const bundler = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status: bundled } = spawnSync(process.execPath, [bundler, 'build', ...what, '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (bundled !== 0) process.exit(bundled ?? 1);
}

/**
 * Nothing it is made of is younger.
 *
 * @param {string} config
 * @param {string} made
 */
function isFresh(config, made) {
  const bundled = statSync(made, { throwIfNoEntry: false });
  return (
    bundled !== undefined && [join(root, 'src'), join(root, config)].every((path) => newest(path) < bundled.mtimeMs)
  );
}

/** The page is bundled anew only where one of its sources, or of those it shares, is younger than what was bundled. */
function isDashboardFresh() {
  const built = statSync(join(dashboard, 'index.html.gz'), { throwIfNoEntry: false });
  if (built === undefined) return false;
  const sources = [join(root, 'dashboard'), join(root, 'src', 'core', 'view'), join(root, 'package-lock.json')];
  return sources.every((path) => newest(path) < built.mtimeMs);
}

/**
 * When anything in there was changed last.
 *
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/**
 * Browsers are given what is compressed already. The page itself last: it says that all is there.
 *
 * @param {string} folder
 */
function compress(folder) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(js|css|svg|html)$/.test(path),
  );
  for (const path of paths.toSorted((a, b) => Number(a.endsWith('.html')) - Number(b.endsWith('.html')))) {
    const content = readFileSync(join(folder, path));
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(content));
    writeFileSync(join(folder, `${path}.gz`), gzipSync(content, { level: 9 }));
  }
}

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
      if (!OTHERS.has(path)) removeOutputsWithoutSource(path);
    } else if (/\.(js|d\.ts)$/.test(entry.name)) {
      const source = join(root, 'src', relative(dist, path).replace(/(\.d\.ts|\.js)$/, '.ts'));
      if (!existsSync(source)) rmSync(path);
    }
  }
}
