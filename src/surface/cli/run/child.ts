// The command that runs under a lock: our own child. It gets our streams, our signals, and an end when its locks are lost.
//
// A terminal sends its signals (Ctrl-C) to everything that runs in the foreground, the child included, so those are not
// sent on a second time; where no terminal is, nobody else would send them.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Clock } from '../../../ports/clock.ts';

export interface ChildOptions {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** Somebody sits at a terminal that the child shares. */
  readonly hasTerminal: boolean;
}

export type ChildEnd =
  /** As a shell tells it: its exit code, or 128 + the number of the signal. */
  | { readonly started: true; readonly exitCode: number }
  | { readonly started: false; readonly problem: string; readonly exitCode: number };

const SENT_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'];
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];
/** What a shell answers for a command that cannot be started, and for one that is not there. */
const NOT_STARTED = 126;
const NOT_FOUND = 127;

export class Child {
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  readonly #clock: Clock;

  constructor(command: readonly [string, ...string[]], options: ChildOptions) {
    const [program, ...args] = command;
    this.#clock = options.clock;
    this.#process = spawn(program, args, { stdio: 'inherit', cwd: options.folder, env: { ...options.env } });
    const undo = this.#sendSignalsOn(options.hasTerminal);
    this.ended = endOf(this.#process, program).finally(undo);
  }

  /** Asks it to end, and ends it when it has not after `graceMs`. Resolves when it is gone. */
  async end(graceMs: number): Promise<ChildEnd> {
    this.#process.kill('SIGTERM');
    const cancel = this.#clock.after(graceMs, () => void this.#process.kill('SIGKILL'));
    try {
      return await this.ended;
    } finally {
      cancel();
    }
  }

  #sendSignalsOn(hasTerminal: boolean): () => void {
    const sendOn = (signal: NodeJS.Signals) => void this.#process.kill(signal);
    // Without a listener the signal would end us and leave the child running without its locks.
    const hold = () => undefined;
    const listeners = [
      ...SENT_ON.map((signal) => [signal, sendOn] as const),
      ...FROM_TERMINAL.map((signal) => [signal, hasTerminal ? hold : sendOn] as const),
    ];
    for (const [signal, listener] of listeners) process.on(signal, listener);
    return () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
  }
}

function endOf(child: ChildProcess, program: string): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const isMissing = error.code === 'ENOENT';
      resolve({
        started: false,
        problem: isMissing ? `there is no command ${program}` : `${program} cannot be started: ${error.message}`,
        exitCode: isMissing ? NOT_FOUND : NOT_STARTED,
      });
    });
    child.once('exit', (code, signal) => {
      resolve({ started: true, exitCode: signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0) });
    });
  });
}
