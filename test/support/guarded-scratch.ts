// A workspace whose git runs the guard, and terminals in which agents and people commit.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyFileChanges } from '../../src/adapters/system/file-changes.ts';
import { readGitHookFacts } from '../../src/adapters/system/git-hook-files.ts';
import { planGitHooks } from '../../src/app/git/hook-plan.ts';
import type { GitHookName } from '../../src/ports/git-hooks.ts';
import { brigadeBin } from './brigade-bin.ts';
import { type Ran, Scratch } from './scratch.ts';
import { Shell } from './shell.ts';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Kim',
  GIT_AUTHOR_EMAIL: 'kim@example.org',
  GIT_COMMITTER_NAME: 'Kim',
  GIT_COMMITTER_EMAIL: 'kim@example.org',
};

export class GuardedScratch extends Scratch {
  readonly #shells: Shell[] = [];

  override get env(): Readonly<Record<string, string>> {
    return { ...super.env, ...IDENTITY };
  }

  /** A terminal: its commands are one agent as soon as it has a session, and a person before. */
  shell(name: string, env: Readonly<Record<string, string>> = {}): Shell {
    const shell = new Shell(this, name, env);
    this.#shells.push(shell);
    return shell;
  }

  /** Puts the guard among the hooks, as `brigade init --git` does. */
  async guard(hooks?: readonly GitHookName[], folder = this.root): Promise<void> {
    const facts = await readGitHookFacts(folder, { ...process.env, ...this.env });
    if (facts === null) throw new Error('no repository');
    const command = [process.execPath, brigadeBin];
    await applyFileChanges(planGitHooks(facts, { command, ...(hooks === undefined ? {} : { hooks }) }).changes);
  }

  /** Before the fleet is founded. */
  policy(policy: unknown): void {
    mkdirSync(join(this.root, '.brigade'), { recursive: true });
    writeFileSync(join(this.root, '.brigade', 'policy.json'), JSON.stringify(policy));
  }

  put(path: string, text: string, folder = this.root): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  /** Runs git beside every terminal: a person, whom no process above joins with an agent. */
  person(
    args: readonly string[],
    options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
  ): Promise<Ran> {
    const child = spawn('git', args, {
      cwd: options.cwd ?? this.root,
      env: { PATH: process.env.PATH ?? '', ...this.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** What the log says of edits that were seen in git or in the files. */
  async edits(): Promise<readonly Record<string, unknown>[]> {
    const events = await this.events();
    return events.filter(({ type }) => type === 'file.edited') as unknown as readonly Record<string, unknown>[];
  }

  override async close(): Promise<void> {
    await Promise.all(this.#shells.map((shell) => shell.close()));
    await super.close();
  }
}
