// Deciding a batch of waiting commands, one after the other, on an overlay over merged state. Each command sees what the
// ones before it did. A command whose draft breaks an invariant, or whose decision fails, is dropped with its draft and
// answered INTERNAL; the others go on. Nothing here is seen by anybody before the append has succeeded.

import type { Command } from '../core/command.ts';
import { type Decision, decide } from '../core/decide.ts';
import type { FleetEvent } from '../core/event.ts';
import { type FleetState, forkState, mergeState } from '../core/fleet-state.ts';
import type { Moment } from '../core/instant.ts';
import { checkDraft } from '../core/invariants.ts';
import { type Rejection, reject } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { encodeEvent } from './batch-codec.ts';
import { internal } from './trouble.ts';

/** Events of one group, written as they will stand in the log. */
export interface EncodedGroup {
  readonly events: readonly FleetEvent[];
  readonly encoded: readonly string[];
  readonly bytes: number;
}

export interface DecidedCommand<P> {
  readonly pending: P;
  readonly answer: Answer;
  /** The answer holds once this many groups of the batch are in the log. */
  readonly needsGroups: number;
}

export interface DecidedBatch<P> {
  readonly overlay: FleetState;
  readonly moment: Moment;
  readonly groups: readonly EncodedGroup[];
  readonly decided: readonly DecidedCommand<P>[];
  /** Commands that were not looked at: the batch is full, or deciding took its time. */
  readonly left: readonly P[];
}

export interface BatchLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

export interface DecideBatchOptions<P> {
  readonly state: FleetState;
  readonly moment: Moment;
  /** What this place must say first (founding, its anchor), on its own behalf. */
  readonly preludes: readonly Command[];
  readonly pendings: readonly P[];
  readonly limits: BatchLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Deciding this long in one go, the event loop gets its turn and the rest forms the next batch. */
const TURN_MS = 8;

export function decideBatch<P extends { readonly command: Command }>(options: DecideBatchOptions<P>): DecidedBatch<P> {
  const { state, moment, preludes, pendings, limits, clock, logger } = options;
  const overlay = forkState(state);
  const groups: EncodedGroup[] = [];
  const decided: DecidedCommand<P>[] = [];
  const endsMs = clock.monotonicMs() + TURN_MS;
  let events = 0;
  let bytes = 0;
  let taken = 0;

  // Nobody hears of a founding or an anchor that only dry runs would need.
  const isDry = pendings.every((pending) => pending.command.dryRun === true);
  for (const prelude of preludes) take(prelude, !isDry);
  for (const pending of pendings) {
    if (taken > 0 && (events >= limits.maxEvents || bytes >= limits.maxBytes || clock.monotonicMs() >= endsMs)) break;
    decided.push({ pending, answer: take(pending.command, true), needsGroups: groups.length });
    taken += 1;
  }
  return { overlay, moment, groups, decided, left: pendings.slice(taken) };

  function take(command: Command, isLogged: boolean): Answer {
    const tried = tryOne(overlay, command, moment, limits);
    if ('fault' in tried) {
      logger.error({ err: tried.fault, op: command.op, requestId: command.requestId }, 'a command was dropped');
      return tried.answer;
    }
    mergeState(overlay, tried.draft);
    if (isLogged) {
      for (const group of tried.groups) {
        groups.push(group);
        events += group.events.length;
        bytes += group.bytes;
      }
    }
    return tried.answer;
  }
}

interface Taken {
  readonly answer: Answer;
  readonly draft: FleetState;
  readonly groups: readonly EncodedGroup[];
}

interface Dropped {
  readonly answer: Rejection;
  readonly fault: unknown;
}

function tryOne(overlay: FleetState, command: Command, moment: Moment, limits: BatchLimits): Taken | Dropped {
  try {
    const decision = decide(overlay, command, moment);
    const violation = checkDraft(overlay, decision.draft);
    if (violation !== null) return dropped(new Error(`${violation.invariant}: ${violation.detail}`));
    return encodeDecision(decision, limits);
  } catch (error) {
    return dropped(error);
  }
}

function encodeDecision({ answer, draft, groups }: Decision, limits: BatchLimits): Taken | Dropped {
  const written = groups.map(encodeGroup);
  const tooLarge = written.find((group) => group.events.length > limits.maxEvents || group.bytes > limits.maxBytes);
  if (tooLarge === undefined) return { answer, draft, groups: written };
  const what = `${tooLarge.events.length} events and ${tooLarge.bytes} bytes in one group`;
  return { fault: new Error(what), answer: tooLargeFor(what) };
}

function encodeGroup(events: readonly FleetEvent[]): EncodedGroup {
  const encoded = events.map(encodeEvent);
  return { events, encoded, bytes: encoded.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0) };
}

function dropped(fault: unknown): Dropped {
  return { fault, answer: internal(fault) };
}

function tooLargeFor(what: string): Rejection {
  return reject('TOO_LARGE', {
    message: `This call would write ${what}, more than the store takes at once.`,
    next: 'Ask for less in one call.',
  });
}
