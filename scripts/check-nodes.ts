// The package as a user installs it, on the oldest Node it claims, the one it is made with and the newest: packed, installed into an
// empty folder without dev dependencies and without running any install script, then the version, the drill, the contract and
// the scenarios from the installed files, where the system can do it (Linux) with no network but the loopback. Needs the npm
// registry, for the dependencies and those Nodes.
//
//   npm run check:nodes [-- 22.19.0 24.21.0]

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ['22.19.0', '24.21.0', '26.10.0'];
const folder = mkdtempSync(join(tmpdir(), 'brigade-nodes-'));
/** Before a program: it sees this machine and nothing else. Empty where the system cannot do that. */
const ALONE = aloneHere();

try {
  const installed = installPackage();
  for (const version of versions) checkOn(version, installNode(version), installed);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The folder of the installed package. Throws when a dev dependency came along. */
function installPackage(): string {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const app = emptyProject('app');
  // What only fleets on Redis install; the contract has one.
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const redis = `@redis/client@${devDependencies['@redis/client']}`;
  run(
    'npm',
    ['install', '--silent', '--omit=dev', '--ignore-scripts', join(folder, tarball ?? 'nothing-was-packed.tgz'), redis],
    app,
  );
  if (existsSync(join(app, 'node_modules', 'typescript'))) throw new Error('dev dependencies were installed');
  return join(app, 'node_modules', 'brigade');
}

function installNode(version: string): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const project = emptyProject(`node-${version}`);
  run('npm', ['install', '--silent', `${name}@${version}`], project);
  return join(project, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function checkOn(version: string, node: string, installed: string): void {
  const bin = join(installed, 'bin', 'brigade.js');
  const workspace = emptyProject(`workspace-${version}`);
  console.log(`\n=== Node ${version}`);
  for (const args of [['--version'], ['drill', 'too-many-cooks']]) {
    report(`brigade ${args.join(' ')}`, spawnOn(node, [bin, ...args], workspace, {}));
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['run', '--config', 'vitest.packed.config.ts'];
  report('contract and scenarios', spawnOn(node, [vitest, ...options], root, { BRIGADE_TEST_PACKAGE: installed }));
}

/** Runs a program of that Node, with that Node first on the PATH. */
function spawnOn(node: string, args: readonly string[], cwd: string, extra: Readonly<Record<string, string>>): number {
  const stateHome = mkdtempSync(join(folder, 'state-'));
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path, XDG_STATE_HOME: stateHome, ...extra };
  const [program, ...before] = [...ALONE, node] as const;
  return spawnSync(program, [...before, ...args], { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

function aloneHere(): readonly string[] {
  const alone = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [program, ...args] = [...alone, 'true'] as const;
  if (spawnSync(program, args, { stdio: 'ignore' }).status === 0) return alone;
  console.log('NOT CHECKED  without a network: this system does not let us take it away (root on Linux can)');
  return [];
}

function report(what: string, status: number): void {
  console.log(`${status === 0 ? 'passed' : 'FAILED'}  ${what}`);
  if (status !== 0) process.exitCode = 1;
}

function emptyProject(name: string): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  return project;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`);
}
