// Says every 2 s that this place is there. The counter is the place's monotonic clock, which all its processes share, so
// one beat speaks for all of them and a process whose neighbour has just beaten keeps quiet.
//
// Others count a place as gone that stood still for long (`src/core/session/standstill.ts`), so holders here are told to
// believe only as long as the last beat lasts. A place that finds its last beat lapsed is anchored anew in the log before it
// beats again: who counts it as gone at the same moment either was first, and that is known here then, or is too late.

import type { Command } from '../core/command.ts';
import { LIMITS } from '../core/limits.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import { hasLapsed, sureForMs } from '../core/session/standstill.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Beat } from '../ports/event-store.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { Place } from '../ports/place.ts';
import type { FleetLog } from './fleet-log.ts';
import { systemCommand } from './system-command.ts';

export interface BeaterOptions {
  readonly log: FleetLog;
  readonly place: Place;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly submit: (command: Command) => Promise<Answer>;
}

const BEAT_MS = 2_000;
const QUIET_MS = 1_000;

export class Beater {
  readonly #options: BeaterOptions;
  #cancel: Cancel | null = null;
  #isRunning = false;
  #first: Promise<void> | null = null;
  /** The latest try, while it is under way. */
  #beating: Promise<void> | null = null;
  /** The store has been asked for the beats of this place. */
  #isKnown = false;
  /** Counter of the last beat of this place that the store is known to have; null where it has none. */
  #counter: number | null = null;
  /** Counters of other places at the last look. */
  #others: ReadonlyMap<string, number> = new Map();
  #hasCompany = false;
  /** When its beat was found lapsed; over once the log has a later anchor. */
  #lapsedAtMs: number | null = null;

  constructor(options: BeaterOptions) {
    this.#options = options;
    // Another store has not heard of this place yet.
    options.log.replaced.listen(() => {
      this.#isKnown = false;
      this.#counter = null;
      if (this.#isRunning) this.#first = this.#beat();
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Harmless to repeat. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#first = this.#beat();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel?.();
  }

  /** Resolves once it was tried to find out how it stands with the beat of this place. */
  async tried(): Promise<void> {
    await this.#first;
  }

  /**
   * Resolves once this place is sure not to be counted as gone, or one more try to say that it is there has failed. So whoever
   * is granted something here as soon as the store is back may believe in it at once.
   */
  async assured(): Promise<void> {
    await this.#first;
    // The one under way may have begun while the store was away.
    if (this.#isUnsure) await this.#beating;
    if (this.#isUnsure) await (this.#beating ?? this.#beat());
  }

  /** For how long this place is sure not to be counted as gone; null where nobody could, or this process only looks. */
  get sureForMs(): number | null {
    const { clock } = this.#options;
    if (!this.#isRunning) return null;
    if (!this.#isKnown || this.isBack) return 0;
    // On a shared log a place without a beat stands still from when it was first heard of.
    if (this.#counter === null) return this.#isShared ? 0 : null;
    return sureForMs(this.#counter, clock.monotonicMs(), this.#isShared);
  }

  /** Beats of this place come through: so may those of others. */
  get isSure(): boolean {
    const { clock } = this.#options;
    return this.#isRunning && this.#counter !== null && clock.monotonicMs() - this.#counter < LIMITS.placeSilentMs;
  }

  /** Another place has beaten since this one looked last. */
  get hasCompany(): boolean {
    return this.#hasCompany;
  }

  get #isUnsure(): boolean {
    const ms = this.sureForMs;
    return ms !== null && ms <= 0;
  }

  /** Others may have counted this place as gone, and the log does not say yet that it is back. */
  get isBack(): boolean {
    if (this.#lapsedAtMs === null) return false;
    return this.#anchoredMs < this.#lapsedAtMs;
  }

  /** When this place was heard of in the log last, by its own clock. */
  get #anchoredMs(): number {
    const { log, place } = this.#options;
    return log.state.places.get(place.placeId)?.anchorMonoMs ?? Number.NEGATIVE_INFINITY;
  }

  get #isShared(): boolean {
    return this.#options.log.traits.sharedAcrossHosts;
  }

  #beat(): Promise<void> {
    const beating = this.#tryToBeat().finally(() => {
      if (this.#beating === beating) this.#beating = null;
    });
    this.#beating = beating;
    return beating;
  }

  async #tryToBeat(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      await this.#beatOnce();
    } catch (error) {
      // What is wrong with the store is told to whoever asks it for something.
      logger.debug({ err: error }, 'the beat was not written');
    }
    this.#cancel?.();
    if (this.#isRunning) this.#cancel = clock.after(BEAT_MS, () => void this.#beat(), { background: true });
  }

  async #beatOnce(): Promise<void> {
    const { log, place, clock } = this.#options;
    if (!log.isOpen) return;
    const beats = await log.store.beats();
    const known = beats.find((beat) => beat.placeId === place.placeId);
    this.#hear(beats);
    const hasBeaten = this.#counter !== null;
    // While this process stood still its place may have been counted as gone, and have come back: it is in the log.
    if (known !== undefined && this.#hasLapsed(this.#counter ?? known.counter, known.counter)) await log.catchUp();
    this.#isKnown = true;
    this.#counter = known?.counter ?? null;
    const isSpokenFor = known !== undefined && clock.monotonicMs() - known.counter < QUIET_MS;
    if (isSpokenFor && hasBeaten) return;
    const heardMs = Math.max(known?.counter ?? Number.NEGATIVE_INFINITY, this.#isShared ? this.#anchoredMs : 0);
    if ((known !== undefined || this.#isShared) && (await this.#isOver(heardMs))) return;
    await this.#say();
  }

  #hear(beats: readonly Beat[]): void {
    const heard = new Map(beats.map(({ placeId, counter }) => [placeId, counter]));
    heard.delete(this.#options.place.placeId);
    const before = this.#others;
    this.#hasCompany = [...heard].some(([placeId, counter]) => counter !== (before.get(placeId) ?? counter));
    this.#others = heard;
  }

  #hasLapsed(counter: number, nowMs: number): boolean {
    return hasLapsed(counter, nowMs, this.#isShared);
  }

  /** The last beat has lapsed, and the log does not take it that this place is back. */
  async #isOver(counter: number): Promise<boolean> {
    const { log, place, clock, ids, submit } = this.#options;
    const nowMs = clock.monotonicMs();
    if (!this.#hasLapsed(counter, nowMs) || log.state.sessions.countIn('place', place.placeId) === 0) return false;
    if (!this.isBack) this.#lapsedAtMs = nowMs;
    // Its anchor goes in front of whatever is decided next.
    const answer = await submit({ ...systemCommand(ids, 'presence'), op: 'sweep' });
    return isRejection(answer) || this.isBack;
  }

  async #say(): Promise<void> {
    const { log, place, clock } = this.#options;
    const { placeId, bootId } = place;
    const counter = clock.monotonicMs();
    await log.store.beat({ placeId, bootId, counter, wallAt: clock.wallAt() });
    this.#counter = counter;
  }
}
