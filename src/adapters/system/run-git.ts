// Starts git. Its language is English, it never asks for anything, and it takes no optional locks: who looks must not stand in
// the way of who works.

import { spawn } from 'node:child_process';
import type { Git, GitAnswer, GitAsk } from '../../ports/git.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const LONGEST_MS = 20_000;
/** More than any answer that is asked for here; beyond it git is ended. */
const BYTES_MAX = 256 * 1024 * 1024;

/** Set by git for its hooks: they name a repository, an index and more, whatever the folder is. */
const OF_HOOKS =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|CONFIG|CONFIG_.*|QUARANTINE_PATH|REFLOG_ACTION|AUTHOR_.*|EDITOR|EXEC_PATH|INTERNAL_.*)$/;

/** Git looks at the folder alone, whatever hook this process runs in. */
export function gitIn(folder: string, env: Environment): Git {
  return gitWith(folder, withoutHook(env));
}

/** Git looks at what it gave to the hook that this process runs in: the index of a commit may be another file each time. */
export function gitOfHook(folder: string, env: Environment): Git {
  return gitWith(folder, env);
}

function gitWith(folder: string, env: Environment): Git {
  return {
    ask: (args, ask = {}) => run(folder, env, args, ask),
    at: (other) => gitWith(other, env),
  };
}

function run(folder: string, env: Environment, args: readonly string[], ask: GitAsk): Promise<GitAnswer> {
  const { input = '', withinMs = LONGEST_MS } = ask;
  return new Promise((resolve) => {
    const child = spawn('git', ['--no-optional-locks', ...args], {
      cwd: folder,
      env: { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const out: Buffer[] = [];
    let err = '';
    let bytes = 0;
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > BYTES_MAX) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      err = (err + chunk).slice(-8_192);
    });
    const end = (code: number | null, why = err) => {
      clearTimeout(timer);
      resolve({ code, out: Buffer.concat(out), err: why.trim() });
    };
    child.once('error', (error) => end(null, error.message));
    child.once('close', (code) => end(code));
    // Git may be over before it has read what it was given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function withoutHook(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_HOOKS.test(name)));
}
