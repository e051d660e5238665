// Raises the witness while a coordinator runs: at once when it rested, 250 ms after the last write under load, and on close. A
// failed write is tried again with the next raise and is told by `trouble`; it stops nobody, because the witness only
// notices losses and prevents none.

import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { WitnessedHead, WitnessKeeper } from '../../ports/witness.ts';
import type { TwoFolders } from './two-folders.ts';
import { compareHeads, raiseWitness } from './witness-files.ts';

const EVERY_MS = 250;

export interface WitnessKeeperOptions {
  /** Where the values are; see witness-files.ts. */
  readonly folders: TwoFolders;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createWitnessKeeper(options: WitnessKeeperOptions): WitnessKeeper {
  return new Keeper(options);
}

class Keeper implements WitnessKeeper {
  readonly #options: WitnessKeeperOptions;
  /** The largest head not yet handed to a write. */
  #pending: WitnessedHead | null = null;
  /** The last write asked for; it never fails. */
  #writing: Promise<void> = Promise.resolve();
  /** A write is under way or rests; `#rested` goes on with what came meanwhile. */
  #busy = false;
  #rest: Cancel | null = null;
  #trouble: string | null = null;
  #closed = false;

  constructor(options: WitnessKeeperOptions) {
    this.#options = options;
  }

  raise(head: WitnessedHead): void {
    if (this.#closed || (this.#pending !== null && compareHeads(this.#pending, head) >= 0)) return;
    this.#pending = head;
    if (!this.#busy) this.#start();
  }

  async flush(): Promise<void> {
    await this.#writing;
    if (this.#pending !== null) this.#start();
    await this.#writing;
  }

  trouble(): string | null {
    return this.#trouble;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    this.#rest?.();
    this.#rest = null;
  }

  #start(): void {
    this.#busy = true;
    this.#rest?.();
    this.#rest = null;
    this.#writing = this.#writing.then(() => this.#run());
  }

  async #run(): Promise<void> {
    const head = this.#pending;
    this.#pending = null;
    if (head !== null) await this.#save(head);
    this.#rest ??= this.#options.clock.after(EVERY_MS, () => this.#rested(), { background: true });
  }

  #rested(): void {
    this.#rest = null;
    this.#busy = false;
    if (this.#pending !== null) this.#start();
  }

  async #save(head: WitnessedHead): Promise<void> {
    try {
      await raiseWitness(this.#options.folders, head);
      this.#trouble = null;
    } catch (error) {
      if (this.#trouble === null) this.#options.logger.warn({ err: error }, 'the witness of the log was not written');
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
  }
}
