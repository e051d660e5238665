// Whose turn it is to append, among hosts that share one log.
//
// Whoever appended last knows the head and would be first again each time: the others have to hear of that batch before they
// can try. So hosts take turns. Nobody hands them out and nothing is sent: all read the same log, and every batch in it says
// which place wrote it.
//
//   the line    places that wrote lately. Who wrote longest ago is first, who wrote last stands behind all others.
//   first       appends at once.
//   the others  leave it to those in front, for about as long as these need, and longer for one that is now quick, now slow.
//               What comes meanwhile goes into the same batch.
//   passed      who lets its turn pass has nothing to say, is slow or is gone. Nobody waits for it until it has written again.
//   strangers   for whom nobody waits, append at once too; the first batch brings them into line. One that lost a race lets
//               the next batch come before it tries again: who starts when it comes is as early as whoever wrote it.
//   the door    where the line never rests, who is farther away than the others are quick would never get in. Once a second the
//               line holds still for a moment, and leaves that to strangers. One that lost again and again waits for it.
//
// It is courtesy and no authority: who waits in vain goes on, and compare-and-append decides. Waiting counts from the last batch
// in the log, so nobody waits where nobody else writes.

import type { Instant } from '../core/instant.ts';

/** A batch of the log, as far as turns go. */
export interface SeenBatch {
  readonly placeId: string;
  readonly at: Instant;
  /** By this process itself. */
  readonly isOwn: boolean;
}

interface Need {
  /** How long it needs when it is its turn, and by how much that varies. */
  readonly tookMs: number;
  readonly varyMs: number;
}

interface Writer extends Need {
  /** Which batch its last one was, as they are counted here. */
  readonly nth: number;
  readonly atMs: number;
  /** When it heard last that nobody is in front of it; null while somebody is. */
  turnMs: number | null;
  hasPassed: boolean;
}

/** Who wrote nothing among so many batches, or for so long, is not in line. */
const LINE_BATCHES = 256;
const LINE_MS = 2_000;
/** Until it is known how long an append takes here. */
const FIRST_TOOK_MS = 3;
/** For one that is in front; a store that takes longer has other troubles than races. */
const PATIENCE_MAX_MS = 250;
/** For all that are in front, from the last batch on. */
const WAIT_MAX_MS = 500;
const DOOR_EVERY_MS = 1_000;
const DOOR_MS = 25;
/** With fewer batches since the door was open last, there was a pause as long as the door. */
const BUSY_BATCHES = DOOR_EVERY_MS / DOOR_MS;
/** Races that a stranger loses to the line before it waits for the door; each has about even chances. */
const FREE_LOSSES = 7;
/** Who writes after its turn was passed over, but within so many times what an append takes, was slow and not idle. */
const LATE_TIMES = 8;

export class Turns {
  readonly #ownPlaceId: string;
  /** By place, in the order of their last batches. */
  readonly #line = new Map<string, Writer>();
  #batches = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #appendMs = FIRST_TOOK_MS;
  /** Other processes of this place share its turns; whoever of them wrote longest ago goes first. */
  #neighbour: Writer | null = null;
  #ownNth = 0;
  #losses = 0;
  #lostMs = Number.NEGATIVE_INFINITY;
  #isLastInLine = false;
  #second = 0;
  #inSecond = 0;
  #isBusy = false;
  #isDoorOpen = false;

  constructor(ownPlaceId: string) {
    this.#ownPlaceId = ownPlaceId;
  }

  /** Other places are in line. */
  get isShared(): boolean {
    return this.#line.size > (this.#line.has(this.#ownPlaceId) ? 1 : 0);
  }

  /** Takes note of the next batch in the log, at the moment in which it is heard of. */
  saw({ placeId, at, isOwn }: SeenBatch, nowMs: number): void {
    const gapMs = nowMs - this.#lastMs;
    const before = this.#line.get(placeId);
    const need = this.#needOf(before, gapMs, nowMs);
    if (before !== undefined) passOver(this.#inFrontOf(placeId), gapMs);
    this.#batches += 1;
    this.#lastMs = nowMs;
    this.#lostMs = Number.NEGATIVE_INFINITY;
    this.#isLastInLine = before !== undefined;
    const writer = { nth: this.#batches, atMs: nowMs, ...need, turnMs: null, hasPassed: false };
    this.#line.delete(placeId);
    this.#line.set(placeId, writer);
    this.#forget(nowMs);
    this.#callFirst(nowMs);
    if (isOwn) this.#sawOwn(gapMs);
    else if (placeId === this.#ownPlaceId) this.#neighbour = { ...writer };
    this.#sawTime(at);
  }

  /** An append of this process was done, and was answered after so long. */
  won(tookMs: number): void {
    this.#appendMs += (tookMs - this.#appendMs) / 4;
  }

  /** An append of this process was not the first. */
  lost(nowMs: number): void {
    this.#lostMs = nowMs;
    if (this.#isLastInLine) this.#losses += 1;
  }

  /**
   * For how long to leave it to others, unless somebody writes first: then it is to be asked again. 0 when it is the turn of
   * this process. `hasCompany`: other places are there, whether they write or not.
   */
  waitMs(nowMs: number, hasCompany: boolean): number {
    const own = this.#line.get(this.#ownPlaceId);
    const isAwaited = own !== undefined && !own.hasPassed;
    return Math.max(0, (isAwaited ? this.#turnMs(hasCompany) : this.#strangerMs()) - nowMs);
  }

  #turnMs(hasCompany: boolean): number {
    let ms = this.#isDoorOpen && (hasCompany || this.isShared) ? DOOR_MS : 0;
    for (const writer of this.#inFrontOf(this.#ownPlaceId)) ms += this.#patienceFor(writer);
    if (this.#neighbour !== null && this.#neighbour.nth < this.#ownNth) ms += this.#patienceFor(this.#neighbour);
    return this.#lastMs + Math.min(ms, WAIT_MAX_MS);
  }

  #strangerMs(): number {
    if (this.#losses === 0 || this.#isDoorOpen) return Number.NEGATIVE_INFINITY;
    const isHopeless = this.#isBusy && this.#losses > FREE_LOSSES;
    return (isHopeless ? this.#lastMs : this.#lostMs) + patience(this.#firstNeed);
  }

  #inFrontOf(placeId: string): readonly Writer[] {
    const found: Writer[] = [];
    for (const [other, writer] of this.#line) {
      if (other === placeId) break;
      found.push(writer);
    }
    return found;
  }

  /** What is known of a place that has just written. Only where nobody was in front of it does it tell how long it needs. */
  #needOf(before: Writer | undefined, gapMs: number, nowMs: number): Need {
    const { tookMs, varyMs } = before ?? this.#firstNeed;
    if (this.#isDoorOpen && gapMs <= DOOR_MS && before?.hasPassed !== false) {
      return { tookMs: Math.max(gapMs, tookMs), varyMs };
    }
    if (before === undefined || before.turnMs === null) return { tookMs, varyMs };
    const sinceTurnMs = nowMs - before.turnMs;
    const wasIdle = before.hasPassed ? sinceTurnMs > LATE_TIMES * this.#appendMs : gapMs > patience(before);
    if (wasIdle) return { tookMs, varyMs };
    const neededMs = before.hasPassed ? sinceTurnMs : gapMs;
    return {
      tookMs: tookMs + (neededMs - tookMs) / 4,
      varyMs: varyMs + (Math.abs(neededMs - tookMs) - varyMs) / 4,
    };
  }

  get #firstNeed(): Need {
    return { tookMs: this.#appendMs, varyMs: this.#appendMs / 2 };
  }

  #callFirst(nowMs: number): void {
    for (const writer of this.#line.values()) {
      if (writer.hasPassed) continue;
      writer.turnMs = nowMs;
      return;
    }
  }

  #sawOwn(gapMs: number): void {
    if (this.#neighbour !== null && this.#neighbour.nth < this.#ownNth) passOver([this.#neighbour], gapMs);
    this.#ownNth = this.#batches;
    this.#losses = 0;
  }

  /** By what is in the log alone, so that all hold still at the same time. */
  #sawTime(at: Instant): void {
    const second = Math.floor(at / DOOR_EVERY_MS);
    const isNew = second > this.#second;
    if (isNew) this.#isBusy = this.#inSecond >= BUSY_BATCHES;
    this.#isDoorOpen = isNew && this.#isBusy;
    this.#inSecond = isNew ? 1 : this.#inSecond + 1;
    this.#second = second;
  }

  #patienceFor({ hasPassed, tookMs, varyMs }: Writer): number {
    return hasPassed ? 0 : patience({ tookMs: Math.max(tookMs, this.#appendMs), varyMs });
  }

  #forget(nowMs: number): void {
    for (const [placeId, { nth, atMs }] of this.#line) {
      if (nth > this.#batches - LINE_BATCHES && nowMs - atMs <= LINE_MS) break;
      this.#line.delete(placeId);
    }
  }
}

/** Who was left the time to write and did not. */
function passOver(writers: readonly Writer[], gapMs: number): void {
  for (const writer of writers) if (gapMs >= Math.max(1, writer.tookMs)) writer.hasPassed = true;
}

/** Clocks are read in whole milliseconds. */
function patience({ tookMs, varyMs }: Need): number {
  return Math.min(PATIENCE_MAX_MS, Math.ceil(tookMs + 4 * varyMs) + 1);
}
