// When to look whether the log has grown. A change of the WAL file is seen at once, but it comes before the commit is
// visible, so it is looked at again 2 ms and 20 ms after the last change. Events can be missed, and some file systems
// have none: a slow poll stands behind. Nothing here keeps the process alive.
//
// The folder is watched, not the file, so that a WAL which was removed and made again is still seen.

import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Cancel, Clock } from '../../ports/clock.ts';

const lookAgainMs = [2, 20] as const;

export interface LogWatchOptions {
  readonly walPath: string;
  readonly clock: Clock;
  readonly pollMs: number;
  /** False where only the poll is wanted. */
  readonly watchFiles: boolean;
  /** Looks. Must not throw. A slow look is the poll's, which comes seldom and may cost a little more. */
  readonly look: (pace: 'quick' | 'slow') => void;
}

export class LogWatch {
  readonly #options: LogWatchOptions;
  readonly #again = new Map<number, Cancel>();
  #watcher: FSWatcher | null = null;
  #cancelPoll: Cancel | null = null;

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#cancelPoll !== null) return;
    this.#poll();
    if (this.#options.watchFiles) this.#watch();
  }

  stop(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = null;
    this.#watcher?.close();
    this.#watcher = null;
    for (const cancel of this.#again.values()) cancel();
    this.#again.clear();
  }

  #poll(): void {
    const { clock, pollMs, look } = this.#options;
    this.#cancelPoll = clock.after(
      pollMs,
      () => {
        this.#poll();
        look('slow');
      },
      { background: true },
    );
  }

  /** Without a watch (none left, not supported here) the poll does alone. */
  #watch(): void {
    const { walPath } = this.#options;
    const name = basename(walPath);
    try {
      this.#watcher = watch(dirname(walPath), { persistent: false }, (_event, changed) => {
        if (changed === null || changed === name) this.#onChange();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = null;
    }
  }

  #onChange(): void {
    const { clock, look } = this.#options;
    look('quick');
    for (const ms of lookAgainMs) {
      this.#again.get(ms)?.();
      this.#again.set(
        ms,
        clock.after(ms, () => look('quick'), { background: true }),
      );
    }
  }
}
