// What holders were told to believe, and for how long: *request sent + waitedMs + safeForMs* of each answer that speaks of a lease. No
// two who exclude each other may ever believe at one moment.

import type { LeaseRef } from '../../../src/core/command.ts';
import type { Mode } from '../../../src/core/event.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import type { LeaseFacts } from '../../../src/core/reply.ts';
import { type Call, type History, NEVER } from '../history.ts';

export interface Belief {
  readonly by: string;
  readonly resource: string;
  readonly mode: Mode;
  readonly token: number;
  /** When it was heard first. */
  readonly fromMs: number;
  /** When its time is over; minus infinity where it was over before it was heard. */
  readonly untilMs: number;
  /** When its holder gave it up, or lost it by its own end or by an operator's word. */
  readonly givenUpMs: number;
}

export interface Overlaps {
  readonly problems: readonly string[];
  /** Between the end by time of a belief and the moment the next holder heard of its own; the smallest. Null: there was none. */
  readonly leastMarginMs: number | null;
}

/** By token. */
export function beliefsOf({ calls, cuts }: History): ReadonlyMap<number, Belief> {
  const beliefs = new Map<number, Belief>();
  const inOrder = calls.toSorted((a, b) => a.heardMs - b.heardMs);
  for (const call of inOrder) for (const lease of leasesTold(call)) tell(beliefs, call, lease);
  for (const call of inOrder) for (const token of givenUpBy(call, beliefs)) giveUp(beliefs, token, call.sentMs);
  for (const { agent, atMs } of cuts)
    for (const { by, token } of beliefs.values()) if (by === agent) giveUp(beliefs, token, atMs);
  return beliefs;
}

/** From when on a lease may have ended without having been given back. */
export function mayEndMs(
  beliefs: ReadonlyMap<number, Belief>,
  { cuts }: Pick<History, 'cuts'>,
): (token: number | null) => number {
  const cutMs = new Map<string, number>();
  for (const { agent, atMs } of cuts) cutMs.set(agent, Math.min(atMs, cutMs.get(agent) ?? NEVER));
  return (token) => {
    const belief = beliefs.get(token ?? 0);
    if (belief === undefined) return Number.NEGATIVE_INFINITY;
    return Math.min(belief.untilMs, cutMs.get(belief.by) ?? NEVER);
  };
}

export function overlapsOf(beliefs: ReadonlyMap<number, Belief>): Overlaps {
  const problems: string[] = [];
  let leastMarginMs: number | null = null;
  const byResource = Map.groupBy(beliefs.values(), ({ resource }) => resource);
  for (const sharing of byResource.values()) {
    const inOrder = sharing.toSorted((a, b) => a.token - b.token);
    for (const [i, earlier] of inOrder.entries()) {
      for (const later of inOrder.slice(i + 1)) {
        if (earlier.by === later.by || (earlier.mode === 'shared' && later.mode === 'shared')) continue;
        const endMs = Math.min(earlier.untilMs, earlier.givenUpMs);
        const isEverBelieved = endMs > earlier.fromMs && Math.min(later.untilMs, later.givenUpMs) > later.fromMs;
        if (!isEverBelieved) continue;
        const marginMs = later.fromMs - endMs;
        if (marginMs < 0) problems.push(overlap(earlier, later, -marginMs));
        else if (earlier.untilMs < earlier.givenUpMs) leastMarginMs = Math.min(leastMarginMs ?? NEVER, marginMs);
      }
    }
  }
  return { problems, leastMarginMs };
}

function overlap(earlier: Belief, later: Belief, forMs: number): string {
  return (
    `${later.by} heard of ${later.resource} by ${later.token} while ${earlier.by} believed in ${earlier.token}, ` +
    `for ${forMs.toFixed(1)} ms more`
  );
}

function leasesTold({ answer, ask }: Call): readonly Pick<LeaseFacts, 'resource' | 'mode' | 'token'>[] {
  if (answer === null || isRejection(answer)) return [];
  if (answer.op === 'acquire') return answer.leases;
  if (answer.op === 'answer_handoff') return answer.lease === null ? [] : [answer.lease];
  return answer.op === 'check' && ask.op === 'check' && answer.lease !== null ? [answer.lease] : [];
}

function tell(
  beliefs: Map<number, Belief>,
  { by, triedMs, waitedMs, safeForMs, heardMs }: Call,
  { resource, mode, token }: Pick<LeaseFacts, 'resource' | 'mode' | 'token'>,
): void {
  const { [token]: safeMs = 0 } = safeForMs;
  const toldMs = triedMs + waitedMs + safeMs;
  // What is over when it is heard, because whoever answers stood still meanwhile, nobody ever believed.
  const untilMs = safeMs > 0 && toldMs > heardMs ? toldMs : Number.NEGATIVE_INFINITY;
  const known = beliefs.get(token);
  if (known === undefined)
    beliefs.set(token, { by, resource, mode, token, fromMs: heardMs, untilMs, givenUpMs: NEVER });
  else if (untilMs > known.untilMs) beliefs.set(token, { ...known, untilMs });
}

/** Whoever asks to give a lease back, or offers it to somebody, acts on it no more, nor on one that it took the place of. */
function givenUpBy(call: Call, beliefs: ReadonlyMap<number, Belief>): readonly number[] {
  const own = [...beliefs.values()].filter((belief) => belief.by === call.by);
  const given = refsGivenUp(call);
  if (given === 'all') return own.map(({ token }) => token);
  return own.flatMap(({ resource, token }) =>
    given.some((each) => each.resource === resource && token <= each.token) ? [token] : [],
  );
}

function refsGivenUp({ ask, answer }: Call): readonly LeaseRef[] | 'all' {
  switch (ask.op) {
    case 'release':
      return ask.leases;
    case 'withdraw':
      return answer === null || isRejection(answer) || answer.op !== 'withdraw' ? [] : answer.released;
    case 'hand_off':
      return [ask];
    case 'close_session':
      return 'all';
    default:
      return [];
  }
}

function giveUp(beliefs: Map<number, Belief>, token: number, atMs: number): void {
  const belief = beliefs.get(token);
  if (belief !== undefined && atMs < belief.givenUpMs) beliefs.set(token, { ...belief, givenUpMs: atMs });
}
