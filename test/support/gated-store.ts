// An EventStore whose appends stop at a gate: before they reach the log, or after, with the reply still to come. So a test
// can look at the moment in which an append is outstanding.

import type { Appended, Batch, Conflict, EventStore, LogHead } from '../../src/ports/event-store.ts';
import { StoreFault } from '../../src/ports/event-store.ts';

export type AppendFate =
  /** Goes through. */
  | 'pass'
  /** Waits until `open`, and only then reaches the log. */
  | 'hold'
  /** Reaches the log at once; the reply waits until `open`. */
  | 'hold-reply'
  /** Reaches the log; the reply is lost. */
  | 'lose-reply'
  /** Never reaches the log; the caller hears that the store is out of reach. */
  | 'fail'
  /** The caller hears so, and the append reaches the log later, at `open`. */
  | 'land-late'
  /** Never reaches the log: what it carries does not compress to what the store takes. */
  | 'too-large';

export class GatedStore implements EventStore {
  readonly traits: EventStore['traits'];
  readonly open: EventStore['open'];
  readonly onAppended: EventStore['onAppended'];
  readonly loadSnapshot: EventStore['loadSnapshot'];
  readonly saveSnapshot: EventStore['saveSnapshot'];
  readonly truncate: EventStore['truncate'];
  readonly beat: EventStore['beat'];
  readonly beats: EventStore['beats'];
  readonly close: EventStore['close'];
  /** What becomes of the next appends, in order; then they pass. */
  readonly fates: AppendFate[] = [];
  /** Reads fail while it is set. */
  isOutOfReach = false;
  /** Appends take a turn of the event loop on their way, so that others come in between. */
  isSlow = false;
  appends = 0;
  readonly #inner: EventStore;
  #waiting: (() => void)[] = [];
  #late: (() => Promise<unknown>)[] = [];

  constructor(inner: EventStore) {
    this.#inner = inner;
    this.traits = inner.traits;
    this.open = () => inner.open();
    this.onAppended = (hint) => inner.onAppended(hint);
    this.loadSnapshot = (atOrBefore) => inner.loadSnapshot(atOrBefore);
    this.saveSnapshot = (snapshot) => inner.saveSnapshot(snapshot);
    this.truncate = (before) => inner.truncate(before);
    this.beat = (beat) => inner.beat(beat);
    this.beats = () => inner.beats();
    this.close = () => inner.close();
  }

  /** How many appends stand at the gate. */
  get held(): number {
    return this.#waiting.length;
  }

  /** Lets everything through that stands at the gate. */
  async openGate(): Promise<void> {
    for (const pass of this.#waiting.splice(0)) pass();
    for (const land of this.#late.splice(0)) await land();
  }

  async read(after: number, limit: number): ReturnType<EventStore['read']> {
    if (this.isOutOfReach) throw outOfReach();
    return this.#inner.read(after, limit);
  }

  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    this.appends += 1;
    if (this.isSlow) await new Promise((resolve) => setImmediate(resolve));
    const append = (): Promise<Appended | Conflict> => this.#inner.append(expected, batch);
    switch (this.fates.shift() ?? 'pass') {
      case 'pass':
        return append();
      case 'hold':
        await this.#gate();
        return append();
      case 'hold-reply': {
        const answer = await append();
        await this.#gate();
        return answer;
      }
      case 'lose-reply':
        await append();
        throw outOfReach();
      case 'fail':
        throw outOfReach();
      case 'land-late':
        this.#late.push(append);
        throw outOfReach();
      case 'too-large':
        throw new StoreFault('TOO_LARGE', 'Injected: it does not compress.', { details: { outcome: 'none' } });
    }
  }

  #gate(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }
}

function outOfReach(): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', 'Injected: the store is out of reach.');
}
