// Who may open the next desk. Claims are numbered files, `desk.opening.<n>`; the highest is the one that counts, and it is
// never removed. Whoever finds it over creates the next number, which the file system grants to exactly one:
//
//   free      no file, or the highest is empty: its holder has released it
//   held      the highest names a process, by place, pid and start time, and the holder's reading of the monotonic clock
//   over      that process is dead (judged in its own place alone), or has not renewed the claim for HELD_MS
//
// A holder renews its claim while it works: opening takes longer with a long log on a busy machine, and a second process that
// began to read the same log would make it longer still. One that is stopped, or hangs, does not renew.
//
// Processes of one place read one clock, so the age of a claim is the difference of two readings. Of a claim from another
// place only how long this process has seen it unchanged is known. Wall time is never asked.
//
// A process that fell behind may create a number that is no longer the highest; it looks again and gives way.

import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { DeskFault, type OpeningClaim } from '../../ports/desk-door.ts';
import type { ProcessEvidence, ProcessTable } from '../../ports/process-table.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from '../system/error-code.ts';
import { createPrivateFile, readPrivateFile, writePrivateFile } from '../system/private-files.ts';
import { faultOf } from './faults.ts';

/** Without a sign of its holder nobody waits longer for it. */
const HELD_MS = 3_000;
/** Several in HELD_MS, for a holder that folds a log has little time for anything else. */
const RENEW_MS = 750;
/** Whoever needs longer than this is waited for by nobody. */
const RENEWALS_MAX = 40;
/** A claim, or what was left of one by a process that died while it wrote. */
const CLAIM = /^(\.?)desk\.opening\.(\d{1,15})(?:\.draft_[0-9a-z]+)?$/;

interface Holder extends ProcessEvidence {
  readonly placeId: string;
  readonly claimedMs: number;
}

export interface OpeningClaimsOptions {
  readonly folder: string;
  readonly placeId: string;
  /** Of the process that claims. */
  readonly evidence: () => ProcessEvidence;
  readonly processes: ProcessTable;
  readonly clock: Clock;
}

export class OpeningClaims {
  readonly #options: OpeningClaimsOptions;
  #seen = { claim: '', sinceMs: 0 };

  constructor(options: OpeningClaimsOptions) {
    this.#options = options;
  }

  /** The claim; null while another one holds. Throws `DeskFault`. */
  async claim(): Promise<OpeningClaim | null> {
    try {
      const highest = highestOf(await this.#names());
      if (highest !== 0 && !(await this.#isOver(highest))) return null;
      return await this.#create(highest + 1);
    } catch (error) {
      if (error instanceof SetupFault) throw new DeskFault('unsafe', error.message, { cause: error });
      throw faultOf(`No claim can be made in ${this.#options.folder}`, error);
    }
  }

  async #create(number: number): Promise<OpeningClaim | null> {
    const { placeId, evidence, clock } = this.#options;
    const { pid, startTime } = evidence();
    const text = (): string =>
      JSON.stringify({ pid, startTime, placeId, claimedMs: clock.monotonicMs() } satisfies Holder);
    const path = this.#path(number);
    if (!(await createdAt(path, text()))) return null;
    const names = await this.#names();
    if (highestOf(names) !== number) {
      await rm(path, { force: true });
      return null;
    }
    await this.#removeBelow(number, names);
    return new HeldClaim(path, text, clock);
  }

  async #isOver(number: number): Promise<boolean> {
    const text = await readPrivateFile(this.#path(number));
    // Removed since it was listed: there is a higher one.
    if (text === null) return false;
    if (text === '') return true;
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#seenForMs(`${number} ${text}`, nowMs) >= HELD_MS) return true;
    const holder = parseHolder(text);
    if (holder === null || holder.placeId !== this.#options.placeId) return false;
    return nowMs - holder.claimedMs >= HELD_MS || this.#options.processes.judge(holder) === 'dead';
  }

  #seenForMs(claim: string, nowMs: number): number {
    if (this.#seen.claim !== claim) this.#seen = { claim, sinceMs: nowMs };
    return nowMs - this.#seen.sinceMs;
  }

  async #removeBelow(number: number, names: readonly string[]): Promise<void> {
    const old = names.filter((name) => numberOf(name) < number);
    await Promise.all(old.map((name) => rm(join(this.#options.folder, name), { force: true })));
  }

  async #names(): Promise<readonly string[]> {
    return (await readdir(this.#options.folder)).filter((name) => CLAIM.test(name));
  }

  #path(number: number): string {
    return join(this.#options.folder, `desk.opening.${number}`);
  }
}

/** Renewed until it is released. */
class HeldClaim implements OpeningClaim {
  readonly #path: string;
  readonly #text: () => string;
  readonly #clock: Clock;
  #renewals = 0;
  #cancel: Cancel;
  #renewing: Promise<void> = Promise.resolve();

  constructor(path: string, text: () => string, clock: Clock) {
    this.#path = path;
    this.#text = text;
    this.#clock = clock;
    this.#cancel = this.#later();
  }

  /** A renewal that is under way would undo it. */
  async release(): Promise<void> {
    this.#cancel();
    await this.#renewing;
    this.#cancel();
    await release(this.#path);
  }

  #later(): Cancel {
    return this.#clock.after(
      RENEW_MS,
      () => {
        this.#renewing = this.#renew();
      },
      { background: true },
    );
  }

  /** One that was taken over meanwhile is no longer the highest, and counts no more for being written again. */
  async #renew(): Promise<void> {
    this.#renewals += 1;
    try {
      await writePrivateFile(this.#path, this.#text());
    } catch {
      // It is over by its age then, if the next one fails too.
    }
    if (this.#renewals < RENEWALS_MAX) this.#cancel = this.#later();
  }
}

/** False for all but one. One whose draft was removed under its hands is far behind. */
async function createdAt(path: string, text: string): Promise<boolean> {
  try {
    return await createPrivateFile(path, text);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function release(path: string): Promise<void> {
  try {
    await truncate(path);
  } catch {
    // Another one holds by now, or the claim will be over by its age.
  }
}

function highestOf(names: readonly string[]): number {
  return Math.max(0, ...names.filter((name) => !name.startsWith('.')).map(numberOf));
}

function numberOf(name: string): number {
  return Number(CLAIM.exec(name)?.[2] ?? 0);
}

function parseHolder(text: string): Holder | null {
  try {
    const { placeId, pid, startTime, claimedMs } = JSON.parse(text) as Partial<Holder>;
    if (typeof placeId !== 'string' || typeof pid !== 'number') return null;
    if (typeof startTime !== 'string' || typeof claimedMs !== 'number') return null;
    return { placeId, pid, startTime, claimedMs };
  } catch {
    return null;
  }
}
