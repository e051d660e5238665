// One host of one fleet: the desk that decides for the agents there. It keeps to the rules of `src/app`:
//
//   commit loop  one append at a time, in turn with the other hosts (`turns.ts` itself); what comes meanwhile forms the next one.
//                What others write is pushed here, so it does not read before it decides; who lost a race is told what it missed
//   tail         it reads every two seconds all the same, and its adapter looks by itself once a second
//   sweeper      it looks at the beats of the others once a second
//   beater       it looks at the beats, and beats, every two seconds
//
// All but the first go on whether anybody works or not.

import { Turns } from '../../src/app/turns.ts';
import { answerOfTicket } from '../../src/core/lease/ticket-answer.ts';
import type { Answer } from '../../src/core/reply.ts';
import type { Timeline } from '../../test/simulation/timeline.ts';
import type { Random } from '../../test/support/random.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Ask } from './load.ts';
import type { Processor } from './processor.ts';
import type { Reply, StoreCall, StoreModel } from './store-model.ts';

/** What deciding costs a host, measured on the core. */
export interface CoreCosts {
  readonly decideMs: number;
  /** For an event that another host wrote: parsed, checked and folded. */
  readonly foldMs: number;
}

export interface HostParts {
  readonly name: string;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly fleet: FleetModel;
  readonly store: StoreModel;
  readonly processor: Processor;
  readonly costs: CoreCosts;
  /** How long after its grant a waiter heard of it. */
  readonly onHanded: (ms: number) => void;
}

interface Pending {
  readonly agent: number;
  readonly ask: Ask;
  readonly hear: (answer: Answer) => void;
}

interface Parked {
  readonly ticket: string;
  readonly hear: (answer: Answer) => void;
}

/** As in src/app. */
const BATCH_COMMANDS = 512;
const TURN_MAX_MS = 1_500;
const POLL_MS = 2_000;
const LOOK_MS = 1_000;
const SWEEP_MS = 1_000;
const BEAT_MS = 2_000;
const SNAPSHOT_EVENTS = 5_000;

export class HostModel {
  conflicts = 0;
  readonly #parts: HostParts;
  readonly #turns: Turns;
  readonly #queue: Pending[] = [];
  readonly #parked = new Map<string, Parked>();
  #others: readonly HostModel[] = [];
  #isRunning = false;
  /** How many batches it has folded, and how far these go. */
  #batches: number;
  #seq: number;
  /** Called by the next batch that is folded. */
  #wake: (() => void) | null = null;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#turns = new Turns(parts.name);
    this.#batches = parts.fleet.batches.length;
    this.#seq = parts.fleet.seq;
  }

  /** Looks, sweeps and beats from now on. */
  start(others: readonly HostModel[]): void {
    this.#others = others;
    this.#every(POLL_MS, () => this.#read());
    this.#every(LOOK_MS, () => this.#ask('look'));
    this.#every(SWEEP_MS, () => this.#ask('beats'));
    this.#every(BEAT_MS, () => this.#ask('beats', () => ({ hear: () => this.#ask('beat') })));
  }

  submit(agent: number, ask: Ask, hear: (answer: Answer) => void): void {
    this.#queue.push({ agent, ask, hear });
    if (!this.#isRunning) this.#next();
  }

  /** Its call waits here until the ticket's wait is over. */
  park(parked: Parked): void {
    this.#parked.set(parked.ticket, parked);
    this.#tellParked();
  }

  #next(): void {
    this.#isRunning = this.#queue.length > 0;
    if (this.#isRunning) this.#awaitTurn(() => this.#append([]));
  }

  /** Leaves it to the hosts whose turn it is. */
  #awaitTurn(then: () => void, untilMs = this.#parts.timeline.nowMs + TURN_MAX_MS): void {
    const { timeline } = this.#parts;
    const nowMs = Math.floor(timeline.nowMs);
    const ms = Math.min(this.#turns.waitMs(nowMs, this.#others.length > 0), untilMs - nowMs);
    if (ms <= 0) {
      then();
      return;
    }
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      isOver = true;
      this.#wake = null;
      this.#awaitTurn(then, untilMs);
    };
    this.#wake = again;
    timeline.after(ms, again);
  }

  /** `open`: what is asked again after a lost race; what came meanwhile stands behind it. */
  #append(open: readonly Pending[]): void {
    const { fleet, store, processor, costs, timeline } = this.#parts;
    const batch = [...open, ...this.#queue.splice(0, BATCH_COMMANDS - open.length)];
    processor.work(batch.length * costs.decideMs + store.costs.clientMs.append, () => {
      const expected = this.#seq;
      const askedMs = timeline.nowMs;
      store.ask('append', () => {
        if (fleet.seq !== expected) return { hear: () => this.#lost(batch, fleet.batches.length) };
        const answers = fleet.append(batch, timeline.nowMs, this.#parts.name);
        const batches = fleet.batches.length;
        for (const other of this.#others) other.#push(batches);
        this.#snapshotAt(expected, fleet.seq);
        const hear = (): void => this.#won(batch, answers, batches, timeline.nowMs - askedMs);
        return { hear, pushes: this.#others.length + 1 };
      });
    });
  }

  #won(batch: readonly Pending[], answers: readonly Answer[], batches: number, tookMs: number): void {
    this.#fold(batches);
    this.#turns.won(tookMs);
    for (const [i, { hear }] of batch.entries()) hear(answers[i] as Answer);
    this.#next();
  }

  #lost(batch: readonly Pending[], batches: number): void {
    this.conflicts += 1;
    this.#foldThen(batches, () => {
      this.#turns.lost(Math.floor(this.#parts.timeline.nowMs));
      this.#awaitTurn(() => this.#append(batch));
    });
  }

  /** Another host has written. */
  #push(batches: number): void {
    const { timeline, store, processor } = this.#parts;
    timeline.after(store.oneWayMs, () =>
      processor.work(store.costs.clientMs.push, () => this.#foldThen(batches, () => undefined)),
    );
  }

  #read(): void {
    const { fleet } = this.#parts;
    this.#ask('read', () => {
      const batches = fleet.batches.length;
      return { hear: () => this.#foldThen(batches, () => undefined) };
    });
  }

  #ask(call: StoreCall, carryOut?: () => Reply): void {
    const { store, processor } = this.#parts;
    processor.work(store.costs.clientMs[call], () => store.ask(call, carryOut));
  }

  #foldThen(batches: number, then: () => void): void {
    const { fleet, processor, costs } = this.#parts;
    const events = Math.max(0, (fleet.batches[batches - 1]?.seq ?? 0) - this.#seq);
    if (events === 0) {
      then();
      return;
    }
    processor.work(events * costs.foldMs, () => {
      this.#fold(batches);
      then();
    });
  }

  #fold(batches: number): void {
    const { fleet, timeline, name } = this.#parts;
    const nowMs = Math.floor(timeline.nowMs);
    for (; this.#batches < batches; this.#batches += 1) {
      const batch = fleet.batches[this.#batches];
      if (batch === undefined) break;
      this.#turns.saw({ placeId: batch.by, at: batch.atMs, isOwn: batch.by === name }, nowMs);
      this.#seq = batch.seq;
    }
    this.#tellParked();
    this.#wake?.();
  }

  /** Whoever's wait is over hears it, as far as this host has folded. */
  #tellParked(): void {
    const { fleet, timeline, onHanded } = this.#parts;
    for (const { ticket, hear } of this.#parked.values()) {
      const end = fleet.ended.get(ticket);
      if (end === undefined || end.seq > this.#seq) continue;
      fleet.ended.delete(ticket);
      this.#parked.delete(ticket);
      onHanded(timeline.nowMs - end.atMs);
      hear(answerOfTicket(fleet.state, ticket, timeline.nowMs));
    }
  }

  #every(ms: number, run: () => void): void {
    const { timeline, random } = this.#parts;
    const again = (): void => {
      timeline.after(ms, again);
      run();
    };
    timeline.after(random.next() * ms, again);
  }

  #snapshotAt(before: number, seq: number): void {
    if (Math.floor(before / SNAPSHOT_EVENTS) < Math.floor(seq / SNAPSHOT_EVENTS)) this.#ask('snapshot');
  }
}
