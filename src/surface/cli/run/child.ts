// The command that runs under a lock: our own child. It gets our streams, our signals, and an end when its locks are lost.
//
// A terminal sends its signals (Ctrl-C) to everything that runs in the foreground, the child included, so those are not
// sent on a second time; where no terminal is, nobody else would send them.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessEvidence, ProcessTable } from '../../../ports/process-table.ts';
import { familyOf } from './descendants.ts';

export interface ChildOptions {
  readonly clock: Clock;
  readonly processes: ProcessTable;
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
const LOOK_AGAIN_MS = 50;

export class Child {
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  readonly #clock: Clock;
  readonly #processes: ProcessTable;

  constructor(command: readonly [string, ...string[]], options: ChildOptions) {
    const [program, ...args] = command;
    this.#clock = options.clock;
    this.#processes = options.processes;
    this.#process = spawn(program, args, { stdio: 'inherit', cwd: options.folder, env: { ...options.env } });
    const undo = this.#sendSignalsOn(options.hasTerminal);
    this.ended = endOf(this.#process, program).finally(undo);
  }

  /** Asks it and all that it started to end, and ends whatever has not after `graceMs`. Resolves when all are gone. */
  async end(graceMs: number): Promise<ChildEnd> {
    const untilMs = this.#clock.monotonicMs() + graceMs;
    const asked = await this.#family();
    send(asked, 'SIGTERM');
    for (let left = asked; left.length > 0 && this.#clock.monotonicMs() < untilMs; left = this.#still(left)) {
      await new Promise<void>((resolve) => this.#clock.after(LOOK_AGAIN_MS, resolve));
    }
    send(this.#still([...asked, ...(await this.#family())]), 'SIGKILL');
    return this.ended;
  }

  async #family(): Promise<readonly ProcessEvidence[]> {
    const { pid } = this.#process;
    return pid === undefined ? [] : familyOf(pid, this.#processes);
  }

  /** Those of them that are there: a pid that came back is somebody else. */
  #still(family: readonly ProcessEvidence[]): readonly ProcessEvidence[] {
    return family.filter((evidence) => this.#processes.judge(evidence) !== 'dead');
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

function send(family: readonly ProcessEvidence[], name: NodeJS.Signals): void {
  for (const { pid } of family) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // It ended between looking and sending.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
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
