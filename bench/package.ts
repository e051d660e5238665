// What it costs to have Brigade: the size of the package, packed and unpacked, how many packages come with it, and how soon it
// answers when it is started from where it was installed, by npx too. Needs the npm registry, or what npm kept of it.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { McpAgent } from '../test/support/mcp-agent.ts';
import type { Figure } from './support/figure.ts';

const STARTS = 9;
const MB = 1_000_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts a process that ends by itself, or answers how to end it. */
type Start = () => Promise<(() => Promise<void>) | void>;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
}

export async function measure(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-package-'));
  try {
    const packed = pack(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const options = ['--silent', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--omit=dev'];
    execFileSync('npm', ['install', ...options, join(folder, packed.filename)], { cwd: folder, stdio: 'ignore' });
    return [...sizes(folder, packed), ...(await starts(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(folder: string): Packed {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const text = execFileSync('npm', ['pack', ...options], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(text) as readonly Packed[];
  if (packed === undefined) throw new Error('npm pack made nothing');
  return packed;
}

function sizes(folder: string, { size, unpackedSize }: Packed): readonly Figure[] {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { readonly packages: object };
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: object;
  };
  return [
    { what: 'package, packed', value: size / MB, unit: 'MB', target: { atMost: 3 } },
    { what: 'package, unpacked', value: unpackedSize / MB, unit: 'MB', target: { atMost: 8 } },
    { what: 'direct dependencies', value: Object.keys(dependencies).length, unit: '', target: { atMost: 20 } },
    // Without the folder's own entry, and the package itself.
    {
      what: 'packages that come with it',
      value: Object.keys(lock.packages).length - 2,
      unit: '',
      target: { atMost: 80 },
    },
    {
      what: 'installed, with all of them',
      value: bytesIn(join(folder, 'node_modules')) / MB,
      unit: 'MB',
      target: { atMost: 120 },
    },
  ];
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files.reduce((sum, each) => sum + statSync(join(each.parentPath, each.name)).size, 0);
}

async function starts(folder: string): Promise<readonly Figure[]> {
  const bin = join(folder, 'node_modules', 'brigade', 'bin', 'brigade.js');
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
  const version = (program: string, args: readonly string[]) => async () => {
    const { status, stdout } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0 || !/^\d+\.\d+\.\d+/.test(stdout)) throw new Error(`${program} ended with ${status}: ${stdout}`);
  };
  return [
    { what: '`node -e 0`', value: await medianOf(async () => ended(['-e', '0'])), unit: 'ms' },
    await startFigure('`brigade --version`', version(process.execPath, [bin, '--version'])),
    await startFigure('`npx brigade --version`', version('npx', ['--no-install', 'brigade', '--version'])),
    await startFigure('`brigade mcp`, to its first answer', () => firstAnswer(folder, bin)),
  ];
}

async function startFigure(what: string, start: Start): Promise<Figure> {
  return { what, value: await medianOf(start), unit: 'ms', target: { atMost: 1_000 } };
}

/** From the spawn to the answer of the first tool call. Answers how to end the process. */
async function firstAnswer(folder: string, bin: string): Promise<() => Promise<void>> {
  const agent = await McpAgent.start({ cwd: folder, bin, env: { XDG_STATE_HOME: join(folder, 'state') } });
  const answer = await agent.call('list_locks');
  if (answer.isError) throw new Error(answer.text);
  return () => agent.close();
}

/** Of so many starts. What one answers is done afterwards, and not timed. */
async function medianOf(start: Start): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    const beganMs = performance.now();
    const end = await start();
    times.push(performance.now() - beganMs);
    await end?.();
  }
  return times.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}

function ended(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
