// Snapshots, each as a string beside an index. A body is written and read in pieces, so that none of them holds up the server or
// the event loop for long, and becomes a snapshot in one step at the end. A checksum over all of it is kept in the index: a body
// that does not match is as good as not there.

import type { LogHead, Snapshot } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { isWhole, keptSnapshots, type SnapshotSize, snapshotChecksum } from '../../ports/snapshot-rules.ts';
import type { LogKeys } from './log-keys.ts';
import type { Step } from './redis-calls.ts';
import type { RedisReply } from './redis-connection.ts';
import { unavailable } from './redis-faults.ts';
import { FORGET_SNAPSHOTS } from './scripts/forget-snapshots.ts';
import { SAVE_SNAPSHOT } from './scripts/save-snapshot.ts';

export interface RedisSnapshotsOptions {
  readonly keys: LogKeys;
  readonly hasher: Hasher;
  readonly step: Step;
  readonly location: string;
  /** A name that nobody else writes under. */
  readonly newId: () => string;
}

/** What is known of a snapshot besides its body. */
interface Known extends Omit<Snapshot, 'body'> {
  readonly checksum: string;
  readonly bytes: number;
}

const PIECE_BYTES = 512 * 1024;
/** A body whose writer is gone goes away by itself. */
const ABANDONED_SECONDS = 600;
/** Forgotten by one call. */
const FORGOTTEN_AT_ONCE = 100;

export class RedisSnapshots {
  readonly #options: RedisSnapshotsOptions;

  constructor(options: RedisSnapshotsOptions) {
    this.#options = options;
  }

  /** The newest whole one at or before the number given. */
  async newest(atOrBefore: number): Promise<Snapshot | null> {
    for (const known of await this.#known()) {
      const snapshot = known.seq <= atOrBefore ? await this.#load(known) : null;
      if (snapshot !== null) return snapshot;
    }
    return null;
  }

  /** Null when there is none at `seq`, or a torn one. */
  async load(seq: number): Promise<Snapshot | null> {
    const known = (await this.#known()).find((each) => each.seq === seq);
    return known === undefined ? null : this.#load(known);
  }

  /** Numbers of all there are, whole or not. */
  async numbers(): Promise<readonly number[]> {
    return (await this.#known()).map(({ seq }) => seq);
  }

  /** Saves, and forgets old ones that nothing stands on. Throws what a call throws; then it is as if it had not been tried. */
  async save(snapshot: Snapshot, base: () => Promise<LogHead>): Promise<void> {
    const { keys, hasher, step, newId, location } = this.#options;
    const { body, ...head } = snapshot;
    const bytes = Buffer.from(body);
    const known: Known = { ...head, checksum: snapshotChecksum(hasher, snapshot), bytes: bytes.length };
    const upload = keys.upload(newId());
    await step((link, untilMs) => link.send(['SET', upload, '', 'EX', String(ABANDONED_SECONDS)], untilMs));
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      const piece = bytes.subarray(from, from + PIECE_BYTES);
      await step((link, untilMs) => link.send(['SETRANGE', upload, String(from), piece], untilMs));
    }
    const places = [keys.snapshots, upload, keys.snapshot(snapshot.seq)];
    const said = [String(snapshot.seq), JSON.stringify(known), String(bytes.length)];
    const isSaved = (await step((link, untilMs) => link.run(SAVE_SNAPSHOT, places, said, untilMs))) === 1;
    if (!isSaved) throw unavailable(location, 'changed while a snapshot was written to it.', { outcome: 'none' });
    const sizes = await this.#known();
    const kept = keptSnapshots(sizes satisfies readonly SnapshotSize[], (await base()).seq);
    await this.forget(sizes.map(({ seq }) => seq).filter((seq) => !kept.has(seq)));
  }

  /** Forgets those of these numbers on which no truncated log stands. */
  async forget(numbers: readonly number[]): Promise<void> {
    const { keys, step } = this.#options;
    for (let from = 0; from < numbers.length; from += FORGOTTEN_AT_ONCE) {
      const some = numbers.slice(from, from + FORGOTTEN_AT_ONCE);
      const places = [keys.head, keys.snapshots, ...some.map((seq) => keys.snapshot(seq))];
      await step((link, untilMs) => link.run(FORGET_SNAPSHOTS, places, some.map(String), untilMs));
    }
  }

  async #load({ checksum, bytes, ...head }: Known): Promise<Snapshot | null> {
    const snapshot = { ...head, body: await this.#body(head.seq, bytes) };
    return isWhole(this.#options.hasher, snapshot, checksum) ? snapshot : null;
  }

  async #body(seq: number, bytes: number): Promise<string> {
    const { keys, step } = this.#options;
    const pieces: Buffer[] = [];
    for (let from = 0; from < bytes; from += PIECE_BYTES) {
      const range = [keys.snapshot(seq), String(from), String(Math.min(from + PIECE_BYTES, bytes) - 1)];
      pieces.push(await step((link, untilMs) => link.sendForBytes(['GETRANGE', ...range], untilMs)));
    }
    return Buffer.concat(pieces).toString();
  }

  /** Newest first. */
  async #known(): Promise<readonly Known[]> {
    const { keys, step } = this.#options;
    const reply = await step((link, untilMs) => link.send(['HVALS', keys.snapshots], untilMs));
    return knownIn(reply).toSorted((a, b) => b.seq - a.seq);
  }
}

/** What cannot be read is as good as not there. */
function knownIn(reply: RedisReply): Known[] {
  const texts = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
  return texts.flatMap((text) => {
    try {
      const known = JSON.parse(String(text)) as Known | null;
      return Number.isSafeInteger(known?.seq) && Number.isSafeInteger(known?.bytes) ? [known as Known] : [];
    } catch {
      return [];
    }
  });
}
