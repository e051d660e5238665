// The package as a user installs it, on every Node it claims: packed, installed without dev dependencies, then the version, the
// drill, the contract and the scenarios from the installed files. Needs the npm registry, for those Nodes.
//
//   npm run check:nodes [-- 22.23.3 24.21.0]

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ['22.23.3', '24.21.0'];
const folder = mkdtempSync(join(tmpdir(), 'brigade-nodes-'));

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
  run('npm', ['install', '--silent', '--omit=dev', join(folder, tarball ?? 'nothing-was-packed.tgz'), redis], app);
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
  return spawnSync(node, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
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
