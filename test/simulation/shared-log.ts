// The one ordered log of a simulated fleet: compare-and-append, images beside it, and whatever may befall it. Everything
// that enters is looked at by the witness, the judge and the keeper of beliefs, before anybody reads it.

import type { FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { BrokenPromise, textOf, Witness } from '../support/witness.ts';
import type { Beliefs } from './beliefs.ts';
import { casesOf } from './cases.ts';
import type { Coverage } from './coverage.ts';
import { Judge } from './judge.ts';
import { MailJudge } from './mail-judge.ts';
import { Silences } from './silences.ts';

export interface LogBatch {
  readonly id: string;
  readonly events: readonly FleetEvent[];
  readonly lastSeq: number;
}

export interface Image {
  readonly seq: number;
  readonly text: string;
}

/** Whole states are compared and checked every so many batches; steps and changed rows at each. */
const CHECK_EVERY = 14;

export class SharedLog {
  batches: LogBatch[] = [];
  images: Image[] = [];
  readonly #witness = new Witness();
  readonly #judge = new Judge();
  readonly mail = new MailJudge();
  readonly silences = new Silences();
  readonly #texts = new Map<number, string>();
  readonly #coverage: Coverage;
  readonly #beliefs: Beliefs;
  readonly #nowMs: () => number;
  #appended = 0;

  constructor(parts: { readonly coverage: Coverage; readonly beliefs: Beliefs; readonly nowMs: () => number }) {
    this.#coverage = parts.coverage;
    this.#beliefs = parts.beliefs;
    this.#nowMs = parts.nowMs;
  }

  get headSeq(): number {
    return this.batches.at(-1)?.lastSeq ?? 0;
  }

  /** The fold of everything that was ever appended. */
  get state(): FleetState {
    return this.#witness.state;
  }

  /** True when the log stood at `expectedSeq`; then the batch is its new end. */
  append(expectedSeq: number, id: string, events: readonly FleetEvent[]): boolean {
    if (this.headSeq !== expectedSeq) return false;
    const lastSeq = events.at(-1)?.seq ?? expectedSeq;
    this.batches.push({ id, events, lastSeq });
    this.#look(events, lastSeq);
    return true;
  }

  /** Batches after `seq`, oldest first. */
  after(seq: number): readonly LogBatch[] {
    let from = this.batches.length;
    while (from > 0 && (this.batches[from - 1] as LogBatch).lastSeq > seq) from -= 1;
    return this.batches.slice(from);
  }

  holds(id: string): boolean {
    return this.batches.some((batch) => batch.id === id);
  }

  /** The folder is deleted: batches and images are gone, what was seen is not. */
  wipe(): void {
    this.batches = [];
    this.images = [];
  }

  /** Throws when a replica that stands here shows anything but what everybody shows. */
  compare(replica: FleetState): void {
    const text = this.#texts.get(replica.position.seq);
    if (text !== undefined && text !== textOf(replica))
      throw new BrokenPromise('one fold', `replicas differ at ${replica.position.seq}`);
  }

  verify(): void {
    this.#witness.verify();
    this.#judge.compare(this.#witness.state);
    this.mail.compare(this.#witness.state);
  }

  #look(events: readonly FleetEvent[], lastSeq: number): void {
    for (const event of events) {
      this.#coverage.count('event', event.type);
      for (const name of casesOf(this.#witness.state, event)) this.#coverage.count('case', name);
      this.silences.read(event, this.#witness.state);
      this.#witness.take([event]);
      if (event.type === 'epoch.started') this.#restartJudge();
      else {
        this.#judge.read(event);
        this.mail.read(event);
      }
      this.#beliefs.read(event, this.#nowMs());
    }
    this.#appended += 1;
    if (this.#appended % CHECK_EVERY !== 0) return;
    this.verify();
    this.#texts.set(lastSeq, textOf(this.#witness.state));
  }

  #restartJudge(): void {
    const { leases, tickets, sessions, entries, fleet } = this.#witness.state;
    const waiting = [...tickets.rows()].map((row) => ({
      ...row,
      seq: row.queuedSeq,
      state: row.passedOver ? ('passed_over' as const) : row.state,
    }));
    const live = [...sessions.rows()].filter((row) => row.state === 'live').map((row) => row.sessionId);
    this.#judge.restart(leases.rows(), waiting, live);
    this.#judge.setVersions([...entries.rows()].map((row) => [row.key, row.version] as const));
    this.#judge.restartConduct(this.#witness.state);
    this.mail.restart(this.#witness.state);
    this.#judge.setFleet(fleet?.suspended != null, fleet?.foldsCaseSince ?? null);
  }
}
