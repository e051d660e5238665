// An agent's journal, on its side.

import { openSync, writeSync } from 'node:fs';
import type { JournalFacts, JournalKind, JournalLine } from '../journal.ts';

export interface Notebook {
  /** Monotonic milliseconds of this host. */
  now(): number;
  /** Writes one line before it returns, so that it is there whatever happens to this process next. */
  note<K extends JournalKind>(what: K, facts: JournalFacts[K]): void;
}

export interface NotebookOptions {
  readonly monotonicMs: () => number;
  /** Hears each line after it is written. */
  readonly onLine: (line: JournalLine) => void;
}

export function openNotebook(path: string, { monotonicMs, onLine }: NotebookOptions): Notebook {
  const file = openSync(path, 'a', 0o600);
  return {
    now: monotonicMs,
    note(what, facts) {
      const line = { atMs: monotonicMs(), what, ...facts } as JournalLine;
      writeSync(file, `${JSON.stringify(line)}\n`);
      onLine(line);
    },
  };
}
