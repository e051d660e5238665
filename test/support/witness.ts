// Watches a log as it grows. Folds every event twice, once on a draft that is merged and once straight into tables, and
// checks after each what must hold: the step, the changed rows, that no lease ends earlier for it, that both folds are the same
// state, and on demand the whole state and its image.

import { apply } from '../../src/core/apply.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { exportState, importState } from '../../src/core/fleet/state-image.ts';
import { changesOf, emptyState, type FleetState, forkState, mergeState } from '../../src/core/fleet-state.ts';
import { checkDraft, checkState, checkStep } from '../../src/core/invariants.ts';
import { expiresAt } from '../../src/core/lease/expiry.ts';
import { rankInLine, walkedBefore } from '../../src/core/lease/line.ts';
import type { TicketRow } from '../../src/core/rows.ts';

export class Witness {
  /** Folded on drafts, event by event. */
  readonly state: FleetState;
  /** Folded without drafts. */
  readonly #plain: FleetState;

  constructor(state: FleetState = emptyState()) {
    this.state = state;
    this.#plain = importState(imageOf(state));
  }

  /** Folds the events. Throws at the first that breaks something. */
  take(events: readonly FleetEvent[]): void {
    for (const event of events) this.#takeOne(event);
  }

  /** The state as text. Throws when anything in it is wrong, or when its folds differ. */
  verify(): string {
    const [violation] = checkState(this.state);
    if (violation !== undefined) throw new BrokenPromise(violation.invariant, violation.detail);
    for (const ticket of this.state.tickets.rows()) checkPlace(this.state, ticket);
    const image = textOf(this.state);
    const plain = textOf(this.#plain);
    if (image !== plain) throw new BrokenPromise('one fold', differenceOf(image, plain));
    const read = textOf(importState(JSON.parse(image)));
    if (image !== read) throw new BrokenPromise('image', differenceOf(image, read));
    return image;
  }

  #takeOne(event: FleetEvent): void {
    if (event.type === 'epoch.started') {
      // It replaces every table, which no draft can.
      apply(this.state, event);
      apply(this.#plain, event);
      return;
    }
    const after = forkState(this.state);
    apply(after, event);
    const violation = checkStep(this.state, event, after) ?? checkDraft(this.state, after);
    if (violation !== null) {
      throw new BrokenPromise(violation.invariant, `${violation.detail}, at ${event.seq} ${event.type}`);
    }
    for (const { after: ticket } of changesOf(after, 'tickets')) if (ticket !== undefined) checkPlace(after, ticket);
    checkEnds(this.state, event, after);
    mergeState(this.state, after);
    apply(this.#plain, event);
  }
}

/** A place that is told by rank is the one that walking the line finds. */
function checkPlace(state: FleetState, ticket: TicketRow): void {
  const rank = rankInLine(state, ticket);
  const walked = walkedBefore(state, ticket).size;
  if (rank !== null && rank !== walked)
    throw new BrokenPromise('place in line', `${ticket.ticket} has ${rank} before it by rank, and ${walked} in line`);
}

/**
 * No lease ends earlier for anything that happens, or its holder would believe in it for too long. Save what is shortened, which
 * has a rule of its own, and what a hook took, of which nobody is told more than the least; and save what older versions did.
 */
function checkEnds(before: FleetState, event: FleetEvent, after: FleetState): void {
  if (event.type === 'lease.shortened' || (event.version === 1 && OLDER_ENDS.has(event.type))) return;
  for (const lease of before.leases.rows()) {
    const kept = after.leases.get(String(lease.token));
    if (kept === undefined || kept.hook !== undefined || after.sessions.get(kept.sessionId)?.state !== 'live') continue;
    const [was, is] = [expiresAt(before, lease), expiresAt(after, kept)];
    if (lease.hook === undefined && is < was)
      throw new BrokenPromise('ends_no_earlier', `${lease.token} at ${is}, not ${was}, at ${event.seq} ${event.type}`);
  }
}

const OLDER_ENDS: ReadonlySet<string> = new Set(['agent.resumed', 'agent.restored']);

/** Something that must hold did not. */
export class BrokenPromise extends Error {
  readonly promise: string;

  constructor(promise: string, detail: string) {
    super(`${promise}: ${detail}`);
    this.promise = promise;
  }
}

/** The image of a state as text; two states are the same when their texts are. */
export function textOf(state: FleetState): string {
  return JSON.stringify(exportState(state));
}

/** The first place at which two texts differ, with what stands around it. */
export function differenceOf(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 120), at + 120);
  return `…${around(a)}… against …${around(b)}…`;
}

function imageOf(state: FleetState): unknown {
  return JSON.parse(textOf(state));
}
