// Reads the log as it grows, whoever writes it, and checks every event: the step, the changed rows, that two folds agree,
// and now and then the whole state. It keeps the facts against which answers are judged.

import type { MemoryLog } from '../../../src/adapters/memory/memory-log.ts';
import { decodeBatch } from '../../../src/app/batch-codec.ts';
import type { FleetEvent, Mode } from '../../../src/core/event.ts';
import type { FleetState } from '../../../src/core/fleet-state.ts';
import { BrokenPromise, textOf, Witness } from '../../support/witness.ts';
import { casesOf } from '../cases.ts';
import { ConductJudge } from '../conduct-judge.ts';
import { MailJudge } from '../mail-judge.ts';

export interface GrantFact {
  readonly sessionId: string;
  readonly resource: string;
  readonly mode: Mode;
  readonly ticket: string | null;
}

/** Batches between two looks at the whole state. */
const LOOK_EVERY = 40;

export class Observer {
  /** Everything that was ever in the log, lost epochs included. */
  readonly grants = new Map<number, GrantFact>();
  readonly offers = new Map<string, { readonly to: string; readonly seq: number }>();
  readonly tickets = new Map<string, string>();
  readonly sessions = new Set<string>();
  readonly released = new Set<number>();
  readonly withdrawn = new Set<string>();
  readonly checkIns = new Set<string>();
  readonly messages = new Set<string>();
  readonly mail = new MailJudge();
  readonly #conduct = new ConductJudge();
  /** Governed state: what was written under a number of the log. */
  readonly puts = new Map<number, { readonly key: string; readonly version: number; readonly requestId: string }>();
  /** Mark of a request -> number of its first event, in this history of the log. */
  readonly marks = new Map<string, number>();
  readonly everMarked = new Set<string>();
  readonly epochs: number[] = [];
  readonly #log: MemoryLog;
  #witness = new Witness();
  readonly #onEvent: (event: FleetEvent, cases: readonly string[]) => void;
  readonly #onBatch: (events: readonly FleetEvent[]) => void;
  #seen = { seq: 0, hash: '' };
  #batches = 0;
  #text: string | null = null;
  /** The log was lost; up to this number it is what it was. */
  #keptSeq: number | null = null;

  /** `onBatch` is told before anything is checked, `onEvent` after. */
  constructor(
    log: MemoryLog,
    onBatch: (events: readonly FleetEvent[]) => void,
    onEvent: (event: FleetEvent, cases: readonly string[]) => void,
  ) {
    this.#log = log;
    this.#onBatch = onBatch;
    this.#onEvent = onEvent;
  }

  get state(): FleetState {
    return this.#witness.state;
  }

  get seq(): number {
    return this.#seen.seq;
  }

  /** The image of the state as text. */
  get text(): string {
    this.#text ??= textOf(this.state);
    return this.#text;
  }

  /** Reads what is new. True when there was something. Throws at the first event that breaks something. */
  look(): boolean {
    if (this.#log.head.seq === this.#seen.seq && this.#log.head.hash === this.#seen.hash) return false;
    const from = this.#keptSeq ?? this.#seen.seq;
    const fresh = this.#log.batches.filter((batch) => batch.lastSeq > from);
    for (const stored of fresh) {
      const { events } = decodeBatch(stored);
      this.#text = null;
      this.#onBatch(events);
      if (this.#keptSeq !== null && events[0]?.type !== 'epoch.started') this.#fork(this.#keptSeq);
      this.#keptSeq = null;
      for (const event of events) this.#take(event);
      this.#seen = { seq: stored.lastSeq, hash: stored.hash };
      this.#batches += 1;
      if (this.#batches % LOOK_EVERY === 0) this.verify();
    }
    return fresh.length > 0;
  }

  /** The log was wiped or rolled back to number `keptSeq`. */
  lost(keptSeq: number): void {
    this.#keptSeq = Math.min(keptSeq, this.#keptSeq ?? keptSeq);
  }

  verify(): void {
    this.#witness.verify();
    this.#conduct.compare(this.state);
    this.mail.compare(this.state);
  }

  #take(event: FleetEvent): void {
    const cases = casesOf(this.state, event);
    this.#witness.take([event]);
    if (event.type === 'epoch.started') {
      this.#conduct.restart(this.state);
      this.mail.restart(this.state);
    } else {
      this.#conduct.read(event);
      this.mail.read(event);
    }
    this.#onEvent(event, cases);
    this.#note(event);
  }

  /** Somebody who had not seen what was lost goes on where the log ends now. */
  #fork(keptSeq: number): void {
    this.#witness = new Witness();
    for (const stored of this.#log.batches) {
      if (stored.lastSeq <= keptSeq) this.#witness.take(decodeBatch(stored).events);
    }
    this.#conduct.restart(this.state);
    this.mail.fork(this.state);
    this.#forget(keptSeq, Number.POSITIVE_INFINITY);
  }

  #note(event: FleetEvent): void {
    const { seq, sessionId = '', resource = '', request } = event;
    if (request !== undefined) this.#noteMark(`${request.scope} ${request.id}`, seq);
    switch (event.type) {
      case 'epoch.started':
        this.#restart(event.basis.seq, seq);
        return;
      case 'lease.granted':
        this.grants.set(seq, { sessionId, resource, mode: event.mode, ticket: event.ticket });
        return;
      case 'lease.queued':
        this.tickets.set(event.ticket, sessionId);
        return;
      case 'lease.released':
        this.released.add(event.token ?? 0);
        return;
      case 'wait.ended':
        if (event.outcome === 'withdrawn') this.withdrawn.add(event.ticket);
        return;
      case 'handoff.offered':
        this.offers.set(event.offer, { to: event.to, seq });
        return;
      case 'session.opened':
        this.sessions.add(sessionId);
        return;
      case 'state.put':
        this.#notePut(event);
        return;
      case 'checkin.recorded':
        this.checkIns.add(event.checkInId);
        return;
      case 'message.sent':
        this.messages.add(event.messageId);
        return;
      default:
    }
  }

  #notePut({ seq, key, valueVersion: version, requestId = '' }: FleetEvent & { readonly type: 'state.put' }): void {
    for (const put of this.puts.values()) {
      if (put.key === key && put.version >= version)
        throw new BrokenPromise('versions', `${key} ${version} at ${seq} after ${put.version}`);
    }
    this.puts.set(seq, { key, version, requestId });
  }

  #noteMark(mark: string, seq: number): void {
    const first = this.marks.get(mark);
    if (first !== undefined) throw new BrokenPromise('once', `${mark} was done at ${first} and again at ${seq}`);
    this.marks.set(mark, seq);
    this.everMarked.add(mark);
  }

  /** What lay beyond the basis is lost: it may be done again. */
  #restart(basisSeq: number, seq: number): void {
    this.epochs.push(seq);
    this.#forget(basisSeq, seq);
  }

  #forget(after: number, before: number): void {
    for (const [mark, at] of this.marks) if (at > after && at < before) this.marks.delete(mark);
    for (const at of this.puts.keys()) if (at > after && at < before) this.puts.delete(at);
  }
}
