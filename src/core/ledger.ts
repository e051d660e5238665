// Where one decision is written: a draft of the state, and the groups of events that made it.
//
// Every event is folded into the draft the moment it is emitted, so a rule always sees what the rules before it did. The
// caller appends the groups and merges the draft, or drops both; the state it was forked from is never touched.

import { apply } from './apply.ts';
import { type EventType, eventVersion, type FleetEvent, type NewEvent, type RequestMark } from './event.ts';
import { type FleetState, forkState } from './fleet-state.ts';
import type { Moment } from './instant.ts';
import { LIMITS } from './limits.ts';

/** An event before it has its number; a grant's token is its number, so it need not be given. */
export type Emission = NewEvent extends infer E ? (E extends { type: EventType } ? Omit<E, 'actor'> : never) : never;

export class Ledger {
  readonly state: FleetState;
  /** As it was before the decision. Not to be written. */
  readonly before: FleetState;
  readonly moment: Moment;
  readonly groups: FleetEvent[][] = [];
  #open: FleetEvent[] | null = null;
  #openBytes = 0;
  #actor: string;
  #requestId: string;
  #mark: RequestMark | null = null;
  readonly #onGroup: (ledger: Ledger, events: readonly FleetEvent[]) => void;

  /** `onGroup` may add to a group what its events make necessary, before it is closed. */
  constructor(
    parent: FleetState,
    moment: Moment,
    actor: string,
    requestId: string,
    onGroup: (ledger: Ledger, events: readonly FleetEvent[]) => void = NOTHING_MORE,
  ) {
    this.state = forkState(parent);
    this.before = parent;
    this.moment = moment;
    this.#actor = actor;
    this.#requestId = requestId;
    this.#onGroup = onGroup;
  }

  get at(): number {
    return this.moment.at;
  }

  get seq(): number {
    return this.state.position.seq;
  }

  /** What the open group has so far. */
  get written(): readonly FleetEvent[] {
    return [...(this.#open ?? [])];
  }

  /** Runs `write` with this actor on every event. */
  as<T>(actor: string, write: () => T): T {
    const before = this.#actor;
    this.#actor = actor;
    try {
      return write();
    } finally {
      this.#actor = before;
    }
  }

  /** The first event that `write` emits carries the mark by which a repeat of the request is recognised. */
  marked<T>(mark: RequestMark | null, write: () => T): T {
    this.#mark = mark;
    try {
      return write();
    } finally {
      this.#mark = null;
    }
  }

  /** Tokens that a repeat of the marked request answers with although nothing is granted for them now. */
  keep(tokens: readonly number[]): void {
    if (this.#mark !== null && tokens.length > 0) this.#mark = { ...this.#mark, kept: tokens };
  }

  /** The marked request is about this ticket, whatever is emitted first. */
  concerns(ticket: string): void {
    if (this.#mark !== null) this.#mark = { ...this.#mark, ticket };
  }

  /** Runs `write` as Brigade itself, on behalf of no request: what is due is nobody's command. */
  asBrigade<T>(write: () => T): T {
    const requestId = this.#requestId;
    this.#requestId = '';
    try {
      return this.as('brigade', write);
    } finally {
      this.#requestId = requestId;
    }
  }

  /** Everything `write` emits is one group: all or nothing. A group inside a group is the same group. */
  group<T>(write: () => T): T {
    if (this.#open !== null) return write();
    this.#open = [];
    this.#openBytes = 0;
    try {
      const result = write();
      this.#onGroup(this, [...this.#open]);
      return result;
    } finally {
      const events = this.#open;
      this.#open = null;
      if (events.length > 0) this.groups.push(events);
    }
  }

  /** Room left in the open group for this many events of about `bytes` each. */
  hasRoomFor(events: number, bytes: number): boolean {
    const used = this.#open?.length ?? 0;
    return (
      used + events <= LIMITS.groupEvents - RESERVE &&
      this.#openBytes + events * bytes <= LIMITS.groupBytes - RESERVE_BYTES
    );
  }

  /** The same for alerts, added when the group is otherwise complete: only the event that tells those outside follows. */
  fits(events: number, bytes: number): boolean {
    const used = this.#open?.length ?? 0;
    const told = events * TOLD_BYTES;
    const all = this.#openBytes + told + events * EVENT_BYTES + bytes;
    return used + events < LIMITS.groupEvents && all + EVENT_BYTES <= LIMITS.groupBytes;
  }

  /** Numbers the event, folds it into the draft and adds it to the open group (or to one of its own). */
  emit(emission: Emission): FleetEvent {
    return this.group(() => {
      const seq = this.state.position.seq + 1;
      const event = {
        seq,
        at: this.moment.at,
        wallAt: this.moment.wallAt,
        version: eventVersion(emission.type),
        actor: this.#actor,
        ...emission,
        ...(emission.type === 'lease.granted' ? { token: seq } : {}),
        ...(this.#requestId === '' ? {} : { requestId: this.#requestId }),
        ...(this.#mark === null ? {} : { request: this.#mark }),
      } as unknown as FleetEvent;
      this.#mark = null;
      apply(this.state, event);
      this.#open?.push(event);
      this.#openBytes += EVENT_BYTES + textBytes(event);
      return event;
    });
  }
}

const NOTHING_MORE = (): void => undefined;

/** Events kept free in a group for what must follow: the end of a wait, an unsettled line, recorded activity. */
const RESERVE = 16;
const RESERVE_BYTES = 32 * 1024;
/** What is written of one alert or incident for all its targets, sixteen names of 32 characters among it. */
const TOLD_BYTES = 900;
/** An event without its free text, generously. */
const EVENT_BYTES = 700;

/** Upper bound of the bytes of an event's free texts: four bytes of UTF-8, or six of an escape, per code unit. */
function textBytes(event: FleetEvent): number {
  const reason = 'reason' in event ? event.reason.length : 0;
  const told = 'text' in event ? event.text.length : 'title' in event ? event.title.length : 0;
  const lists = 'resources' in event ? event.resources.reduce((sum, each) => sum + each.length, 0) : 0;
  return 6 * (reason + told + lists + (event.resource?.length ?? 0));
}
