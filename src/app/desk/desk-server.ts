// The desk: serves the other processes of this place with this process's own coordinator, first come, first served. It is an
// optimisation and never an authority: whatever it answers was decided by compare-and-append like everything else.
//
// It beats while it owes somebody an answer. Once a second it looks whether it is still the desk that others find; when
// another one is published it sends its guests there and steps back.

import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DeskConnection, OpenDoor } from '../../ports/desk-door.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { IdSource } from '../../ports/id-source.ts';
import type { ProcessTable } from '../../ports/process-table.ts';
import type { AnswerHook } from '../hook/hook-call.ts';
import type { LocalCoordinator } from '../local-coordinator.ts';
import { DeskGuest, type DeskHost } from './desk-guest.ts';
import { BEAT_MS, DESK_PROTOCOL, type DeskPerson, type GuestRow } from './protocol.ts';

export interface DeskServerOptions {
  readonly local: LocalCoordinator;
  readonly key: string;
  readonly placeId: string;
  readonly store: string;
  readonly durability: string;
  readonly person: DeskPerson;
  readonly protocol?: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
  readonly processes: ProcessTable;
  readonly answerHook: AnswerHook;
  /** Another desk is published, or none at all: this one serves nobody any more. */
  readonly onSuperseded: () => void;
}

const GUESTS_MAX = 1_000;
const LOOK_MS = 1_000;
/** Its own clock stood still for longer: the guests may have gone to another desk meanwhile. */
const ASLEEP_MS = 1_500;
/** Whoever closes within this time after it woke may have gone while it slept. */
const DROWSY_MS = 5_000;
/** A process that was killed is gone within this time of its connection. */
const DYING_MS = 100;
/** A desk that leaves waits for so long until another one is open, and until its guests have gone there. */
const HAND_OVER_MS = 1_000;

export class DeskServer {
  readonly #options: DeskServerOptions;
  readonly #host: DeskHost;
  readonly #guests = new Set<DeskGuest>();
  readonly #sinceMs: number;
  #door: OpenDoor | null = null;
  #cancelBeat: Cancel | null = null;
  #cancelLook: Cancel | null = null;
  #tickedMs = 0;
  #wokeMs = Number.NEGATIVE_INFINITY;
  #isLeaving = false;
  #onOpened: () => void = () => undefined;
  #onEmpty: () => void = () => undefined;

  constructor(options: DeskServerOptions) {
    this.#options = options;
    const { clock, ids } = options;
    this.#sinceMs = clock.monotonicMs();
    this.#host = {
      ...options,
      protocol: options.protocol ?? DESK_PROTOCOL,
      freshNonce: () => ids.newSecret(),
      isFull: () => this.#guests.size > GUESTS_MAX,
      isLeaving: () => this.#isLeaving,
      isAwakeSince: (ms) => {
        this.#tick();
        return this.#wokeMs < ms;
      },
      onOwing: () => this.#beatSoon(),
      onOpened: () => this.#onOpened(),
      onGone: (guest) => this.#left(guest),
      guests: () => this.guests(),
    };
  }

  /** Serves whoever comes through `door`, which is published. Another one may take its place when it was removed. */
  async serve(door: OpenDoor): Promise<void> {
    // It left while the door was opened.
    if (this.#isLeaving) {
      await door.close();
      return;
    }
    this.#door = door;
    this.#tickedMs = this.#options.clock.monotonicMs();
    this.#cancelLook?.();
    this.#lookSoon();
  }

  accept(connection: DeskConnection): void {
    this.#guests.add(new DeskGuest(this.#host, connection));
  }

  guests(): readonly GuestRow[] {
    const { person, clock } = this.#options;
    const connectedMs = clock.monotonicMs() - this.#sinceMs;
    const own: GuestRow = { ...person, isDesk: true, connectedMs, idleMs: 0, calls: 0 };
    return [own, ...[...this.#guests].flatMap((guest) => guest.row() ?? [])];
  }

  /** On purpose: another process opens the next desk first, and everybody goes there. Bounded in time. */
  async handOver(): Promise<void> {
    this.#isLeaving = true;
    const next = [...this.#guests].find((guest) => guest.hello?.mayOpen === true);
    if (next !== undefined) {
      const opened = new Promise<void>((resolve) => {
        this.#onOpened = resolve;
      });
      next.say({ t: 'open' });
      await this.#within(HAND_OVER_MS, opened);
    }
    await this.#door?.close();
    await this.#sendAway();
  }

  /** Another desk is open: the guests go there, and this one closes. */
  async stepBack(): Promise<void> {
    this.#isLeaving = true;
    await this.#door?.close();
    await this.#sendAway();
  }

  async #sendAway(): Promise<void> {
    this.#cancelLook?.();
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const guest of this.#guests) guest.say({ t: 'moved' });
    if (this.#guests.size > 0) await this.#within(HAND_OVER_MS, empty);
    for (const guest of Array.from(this.#guests)) {
      guest.forget();
      guest.destroy();
    }
    this.#cancelBeat?.();
  }

  #left(guest: DeskGuest): void {
    this.#guests.delete(guest);
    if (this.#guests.size === 0) this.#onEmpty();
    const { hello } = guest;
    if (hello === null) return;
    if (this.#isLeaving || !this.#isAwakeDesk()) guest.forget();
    else this.#options.clock.after(DYING_MS, () => this.#judge(guest, hello.person), { background: true });
  }

  #judge(guest: DeskGuest, { pid, startTime }: DeskPerson): void {
    const { processes, local } = this.#options;
    const isDead = processes.judge({ pid, startTime }) === 'dead';
    if (isDead && this.#isAwakeDesk()) guest.cut();
    else guest.forget();
    if (isDead) local.suspectProcess(pid);
  }

  /** It is the desk that everybody finds, and has not been asleep, so nobody can have gone to another one. */
  #isAwakeDesk(): boolean {
    this.#tick();
    return this.#tickedMs - this.#wokeMs >= DROWSY_MS && this.#door?.isPublished() === true;
  }

  #tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#tickedMs > ASLEEP_MS) this.#wokeMs = nowMs;
    this.#tickedMs = nowMs;
  }

  #beatSoon(): void {
    this.#cancelBeat ??= this.#options.clock.after(BEAT_MS, () => this.#beat(), { background: true });
  }

  #beat(): void {
    this.#cancelBeat = null;
    const owed = [...this.#guests].filter((guest) => guest.isOwed);
    for (const guest of owed) guest.say({ t: 'beat' });
    if (owed.length > 0) this.#beatSoon();
  }

  #lookSoon(): void {
    this.#cancelLook = this.#options.clock.after(LOOK_MS, () => this.#look(), { background: true });
  }

  #look(): void {
    if (this.#isLeaving) return;
    this.#tick();
    // Until it has stepped back or is published again, it is looked at again.
    this.#lookSoon();
    if (this.#door?.isPublished() !== true) this.#options.onSuperseded();
  }

  #within(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      void work.then(resolve).finally(cancel);
    });
  }
}
