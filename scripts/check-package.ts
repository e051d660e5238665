// Packs the package and looks at it as its users will: publint and arethetypeswrong on the tarball, and that it holds what
// it needs and nothing else. It runs nothing when it is installed, and neither does anything that comes with it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly hasInstallScript?: boolean }>>;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'brigade-pack-'));
try {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(run('npm', ['pack', ...options])) as readonly Packed[];
  if (packed === undefined) throw new Error('npm pack made nothing');
  const paths = packed.files.map(({ path }) => path);
  const needed = [
    'bin/brigade.js',
    'bin/brigade-hook.js',
    'dist/hook/brigade-hook.cjs',
    'dist/hook/hook-ask.cjs',
    'dist/program/answer-alone.js',
    'dist/program/brigade.js',
    'dist/library/library.js',
    'dist/client/client.js',
    'dist/dashboard/index.html',
    'plugin/.claude-plugin/plugin.json',
    'plugin/.mcp.json',
    'plugin/hooks/hooks.json',
    'plugin/skills/brigade/SKILL.md',
    'schema/policy.schema.json',
    'LICENSE',
    'README.md',
  ];
  const missing = needed.filter((path) => !paths.includes(path));
  const unwanted = paths.filter(
    (path) => /\.test\.|\.tsbuildinfo$|(^|[^.])\.ts$/.test(path) && !path.endsWith('.d.ts'),
  );
  if (missing.length > 0) fail(`the package lacks ${missing.join(', ')} (npm run build?)`);
  if (unwanted.length > 0) fail(`the package holds ${unwanted.join(', ')}`);

  const running = scriptsThatRun();
  if (running.length > 0) fail(`something runs when the package is installed: ${running.join(', ')}`);

  const tarball = join(folder, packed.filename);
  console.log(run('publint', ['--strict', tarball]));
  console.log(run('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii']));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Scripts that npm runs where somebody installs the package: ours, and those of what comes with it. */
function scriptsThatRun(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const own = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts);
  const others = Object.entries(packages).filter(([path, { dev, hasInstallScript }]) => {
    return path !== '' && dev !== true && hasInstallScript === true;
  });
  return [...own, ...others.map(([path]) => path)];
}

function run(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    throw new Error(`${program} found something\n${stdout}`, { cause: error });
  }
}

function fail(message: string): void {
  console.log(message);
  process.exitCode = 1;
}
