// A real repository with hooks of its own, and a guard that is played by a script: it notes how it was called, and answers with the exit code that it
// is told.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyFileChanges } from '../../src/adapters/system/file-changes.ts';
import { readGitHookFacts } from '../../src/adapters/system/git-hook-files.ts';
import { planGitHooks } from '../../src/app/git/hook-plan.ts';
import type { GitHookOrder, GitHookPlan } from '../../src/app/git/plan-parts.ts';
import type { Ran } from './scratch.ts';

export class HookedRepository {
  readonly folder: string;
  readonly root: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(name = 'a repo') {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'brigade-hooks-')));
    this.root = join(this.folder, name);
    const bin = join(this.folder, 'bin');
    this.#env = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 't',
      GIT_AUTHOR_EMAIL: 't@example.org',
      GIT_COMMITTER_NAME: 't',
      GIT_COMMITTER_EMAIL: 't@example.org',
    };
    mkdirSync(this.root);
    this.git('init', '--quiet', '--initial-branch=main');
    this.write(this.guard, GUARD);
    this.write(join(bin, 'brigade'), `#!/bin/sh\nexec '${process.execPath}' "${this.guard}" "$@"\n`, 0o755);
  }

  /** The program of the guard, in a folder with a quote in its name. */
  get guard(): string {
    return join(this.folder, "it's here", 'guard.mjs');
  }

  get log(): string {
    return join(this.folder, 'log');
  }

  get env(): NodeJS.ProcessEnv {
    return { ...this.#env, GUARD_LOG: this.log };
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, env: this.env, encoding: 'utf8' });
  }

  run(args: readonly string[], { cwd = this.root, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Ran {
    const { status, stdout, stderr } = spawnSync('git', args, {
      cwd,
      env: { ...this.env, ...env },
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  }

  /** Commits a change of `file`; `refused`: the guard says no. */
  commit(file = 'a.txt', { refused = false, cwd = this.root } = {}): Ran {
    writeFileSync(join(cwd, file), `${Math.random()}\n`);
    this.run(['add', '--', file], { cwd });
    return this.run(['commit', '-m', `change ${file}`], { cwd, env: refused ? { GUARD_EXIT: '7' } : {} });
  }

  /** What was called since it was asked last, the guard and the hooks of others, one a line. */
  called(): readonly string[] {
    if (!existsSync(this.log)) return [];
    const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n');
    rmSync(this.log);
    return lines;
  }

  async plan(order: Partial<GitHookOrder> = {}): Promise<GitHookPlan> {
    const facts = await readGitHookFacts(this.root, this.env);
    if (facts === null) throw new Error('no repository');
    return planGitHooks(facts, { command: [process.execPath, this.guard], ...order });
  }

  /** Plans and makes it. */
  async apply(order: Partial<GitHookOrder> = {}): Promise<GitHookPlan> {
    const plan = await this.plan(order);
    await applyFileChanges(plan.changes);
    return plan;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const GUARD = `
import { appendFileSync, readFileSync } from 'node:fs';
const [, hook, ...args] = process.argv.slice(2);
const input = hook === 'pre-push' ? readFileSync(0, 'utf8').trim().split(' ').length : '';
appendFileSync(process.env.GUARD_LOG, ['guard', hook, ...args.map((arg) => arg.split('/').at(-1)), input].join(' ').trim() + '\\n');
process.exitCode = Number(process.env.GUARD_EXIT ?? 0);
`;

/** A hook of somebody else: notes its name and arguments, and reads its input. */
export function otherHook(name: string, exit = 0): string {
  return `#!/bin/bash
input=$(cat | wc -w)
echo "other ${name} $(basename "\${1:-}") $input" >>"$GUARD_LOG"
exit ${exit}
`;
}
