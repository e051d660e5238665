// When to look whether the log has grown. Whoever commits touches the database file afterwards, and that file is watched:
// one event for each commit, and not before it is visible. The WAL is not watched, for it changes several times in each
// commit, and every change would wake every process just when the writer needs the processor. Touches can be missed, a
// writer can die between the two, and some file systems tell nobody: a slow poll stands behind. Nothing here keeps the
// process alive.

import { type FSWatcher, utimesSync, watch } from 'node:fs';
import type { Cancel, Clock } from '../../ports/clock.ts';

export interface LogWatchOptions {
  /** The database file. */
  readonly file: string;
  readonly clock: Clock;
  readonly pollMs: number;
  /** False where only the poll is wanted. */
  readonly watchFiles: boolean;
  /** Looks. Must not throw. A slow look is the poll's, which comes seldom and may cost a little more. */
  readonly look: (pace: 'quick' | 'slow') => void;
}

/** Tells whoever watches that something was committed. It touches by name: the file is opened by nobody but SQLite. */
export function touchLog(file: string, wallAt: string): void {
  const now = new Date(wallAt);
  try {
    utimesSync(file, now, now);
  } catch {
    // Who is not told looks again by itself.
  }
}

export class LogWatch {
  readonly #options: LogWatchOptions;
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
    const { file, look } = this.#options;
    try {
      this.#watcher = watch(file, { persistent: false }, () => look('quick'));
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = null;
    }
  }
}
