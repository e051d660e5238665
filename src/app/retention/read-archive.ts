// An archive read from its first line to its last: is it whole, does it hold what it says, is the chain in it unbroken?

import type { ArchiveFolder } from '../../ports/archive-folder.ts';
import { headAfter, verifyChain } from '../../ports/chain.ts';
import type { LogHead } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { type ArchiveHeader, batchIn, headerIn } from './archive-lines.ts';

export interface ReadArchive {
  /** Null where not even that can be read. */
  readonly header: ArchiveHeader | null;
  readonly events: number;
  /** What is wrong with it, in some words; null when it is whole. */
  readonly problem: string | null;
}

export async function readArchive(folder: ArchiveFolder, name: string, hasher: Hasher): Promise<ReadArchive> {
  const reading = new Reading(hasher);
  try {
    for await (const line of folder.lines(name)) {
      reading.take(line);
      if (reading.problem !== null) return reading;
    }
    reading.end();
  } catch (error) {
    reading.problem = error instanceof Error ? error.message : String(error);
  }
  const { header, events, problem } = reading;
  return { header, events, problem };
}

class Reading {
  header: ArchiveHeader | null = null;
  events = 0;
  problem: string | null = null;
  readonly #hasher: Hasher;
  #head: LogHead | null = null;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  take(line: string): void {
    if (this.header === null) {
      this.header = headerIn(line);
      return;
    }
    const batch = batchIn(line);
    const { firstSeq, hashBefore } = this.header;
    if (this.#head === null && (batch.firstSeq !== firstSeq || batch.prevHash !== hashBefore))
      this.problem = `it begins at ${batch.firstSeq}, and says ${firstSeq}`;
    this.problem ??= verifyChain(this.#hasher, this.#head, [batch])?.problem ?? null;
    this.#head = headAfter(batch);
    this.events += batch.count;
  }

  end(): void {
    const { header } = this;
    const isWhole = header !== null && this.#head?.seq === header.lastSeq && this.#head.hash === header.hashAfter;
    if (!isWhole) this.problem = 'it ends before it should';
  }
}
