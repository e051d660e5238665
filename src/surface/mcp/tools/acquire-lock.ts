// One tool for three things an agent does with a lock it wants: ask for it, go on waiting for it, keep it.

import * as z from 'zod';
import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import { LIMITS } from '../../../core/limits.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { AcquireReply } from '../../../core/reply.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { presencesOf } from '../../answer/presences.ts';
import { blockersOf, type Replied, type SpokenBlocker, type SpokenLease, spokenAcquire } from '../../answer/spoken.ts';
import { leases, ticket } from '../../schema/fields.ts';
import { wishShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { type Spoken, toolRejection, toolResult } from '../tool-result.ts';

const input = {
  resources: wishShape.resources,
  ticket: ticket.optional().describe('instead of resources: goes on waiting, or claims an offer'),
  leases: leases.optional().describe('instead of resources: renews what you hold, [{resource, token}]'),
  mode: wishShape.mode,
  waitMs: z
    .int()
    .min(0)
    .optional()
    .describe(`how long this call waits, 0 to ${LIMITS.waitMcpMs} (default); 0 does not queue`),
  ttlMs: z.int().optional().describe(`ends after this long without any call of yours, default ${LIMITS.ttlMs}`),
  reason: wishShape.reason,
  priority: wishShape.priority,
  dryRun: wishShape.dryRun,
};
type Arguments = z.output<z.ZodObject<typeof input>>;

export const acquireLock = defineTool({
  name: 'acquire_lock',
  title: 'Acquire, await or renew locks',
  description:
    'Locks files or other resources before you change them. status granted: you hold them until you release; keep each token. status queued: you keep your place; call again with {ticket} to go on waiting, or withdraw. Take everything you need in one call. While others wait (wanted), renew with {leases} or let go.',
  effect: 'adds',
  input,
  output: ['status', 'leases', 'waitedMs', 'refused', 'ticket', 'position', 'blockedBy', 'offeredForMs', 'registered'],
  async run(seat, args, call) {
    const flaw = flawOf(args);
    if (flaw !== null) return toolRejection(flaw);
    const outcome = await ask(seat, args, { ...call, dryRun: args.dryRun });
    const presences = await presencesOf(seat, blockersOf(outcome));
    return toolResult(outcome, (replied) => speak(replied, args.dryRun === true, presences), presences);
  },
});

function ask(seat: Seat, args: Arguments, call: Call): Promise<SeatOutcome<AcquireReply>> {
  const { resources, dryRun: _dryRun, leases: held, ticket: place, ...rest } = args;
  const waitMs = Math.min(args.waitMs ?? LIMITS.waitMcpMs, LIMITS.waitMcpMs);
  if (held !== undefined) return seat.renew({ leases: held, ttlMs: args.ttlMs }, call);
  if (place !== undefined) return seat.await({ ticket: place, waitMs }, call);
  return seat.acquire({ ...rest, resources: resources ?? [], waitMs }, call);
}

/** Exactly one of the three ways to say what is wanted. */
function flawOf({ resources, ticket: place, leases: held }: Arguments): Rejection | null {
  const given = [resources, place, held].filter((each) => each !== undefined).length;
  if (given === 1) return null;
  return reject('INVALID_ARGUMENT', {
    message:
      given === 0
        ? 'acquire_lock: nothing was asked for.'
        : 'acquire_lock: resources, ticket and leases exclude each other.',
    next: 'Give resources to ask, or ticket to go on waiting, or leases to renew.',
    details: { path: 'resources' },
  });
}

function speak(replied: Replied<AcquireReply>, isDry: boolean, presences: Parameters<typeof spokenAcquire>[1]): Spoken {
  const structured = spokenAcquire(replied, presences);
  const { status, leases: held, refused } = structured;
  if (status === 'queued') return { structured, text: queuedText(structured) };
  const verb = isDry ? 'Would be granted' : status === 'granted' ? 'Granted' : 'Renewed';
  const not =
    refused.length === 0 ? '' : ` Refused: ${refused.map(({ resource, code }) => `${resource} (${code})`).join(', ')}.`;
  return { structured, text: `${verb}: ${held.map(leaseText).join(', ')}.${not}` };
}

function leaseText({ resource, token, safeForMs, wanted }: SpokenLease): string {
  const wait = wanted ? ', others wait' : '';
  return `${resource} (token ${token}, yours for ${durationText(safeForMs)}${wait})`;
}

function queuedText({
  ticket: place,
  position,
  blockedBy,
  waitedMs,
  offeredForMs,
}: ReturnType<typeof spokenAcquire>): string {
  if (offeredForMs !== undefined) {
    return `It is your turn: call acquire_lock with ticket ${place} within ${durationText(offeredForMs)} to take it.`;
  }
  const by = blockedBy.length === 0 ? '' : ` behind ${blockedBy.slice(0, 3).map(blockerText).join(', ')}`;
  return `Queued: place ${position ?? '?'} in line${by}, after ${durationText(waitedMs)}. Call acquire_lock with ticket ${place} to go on waiting.`;
}

function blockerText({ agentId, resource, kind, heldForMs, alive }: SpokenBlocker): string {
  const verb = kind === 'holder' ? 'holds' : kind === 'offer' ? 'has the offer of' : 'waits for';
  const process = alive === 'gone' || alive === 'stopped' ? `, its process is ${alive}` : '';
  return `${agentId} who ${verb} ${resource} since ${durationText(heldForMs)}${process}`;
}
