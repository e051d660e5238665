// What a session does with locks.

import * as z from 'zod';
import type { SeatOutcome } from '../../../../app/seat/seat-outcome.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { type Rejection, reject } from '../../../../core/rejection.ts';
import type { AcquireReply } from '../../../../core/reply.ts';
import { presencesOf } from '../../../answer/presences.ts';
import {
  blockersOf,
  spokenAcquire,
  spokenCheck,
  spokenOffer,
  spokenOfferAnswer,
  spokenRelease,
  spokenWithdraw,
} from '../../../answer/spoken.ts';
import { leases, ticket } from '../../../schema/fields.ts';
import { checkShape, handOffShape, releaseShape, wishShape, withdrawShape } from '../../../schema/shapes.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { callOf, waiting } from '../caller.ts';
import { defineOperation } from '../operation.ts';
import { told } from '../respond.ts';

const ttlMs = z.int().optional();
const waitText = `how long this call waits, 0 to ${LIMITS.waitMaxMs}, default ${LIMITS.waitMs}; 0 does not queue`;

export const acquireLocks = defineOperation({
  id: 'acquireLocks',
  method: 'post',
  path: '/v1/locks/acquire',
  access: 'session',
  summary: 'Acquire locks, or go on waiting for them',
  description:
    'With `resources`: all of them or none. `status` is `granted`: keep each token, and send it where it is used; or `queued`: the time to wait is over and the ticket keeps the place. With `ticket`: goes on waiting in that place, or claims its offer. If the connection is cut while the call waits, the place is kept, and what was granted meanwhile is offered.',
  body: {
    ...wishShape,
    ticket: ticket.optional().describe('instead of resources: goes on waiting, or claims an offer'),
    waitMs: z.int().min(0).max(LIMITS.waitMaxMs).optional().describe(waitText),
    ttlMs: ttlMs.describe(`ends after this long without any call of yours, default ${LIMITS.ttlMs}`),
  },
  async run({ parts, c, body }) {
    const { ticket: place, waitMs = LIMITS.waitMs, resources, dryRun, ...wish } = body;
    if ((resources === undefined) === (place === undefined)) return problem(oneOfBoth('resources', 'ticket'));
    const ask = (call: ReturnType<typeof callOf>): Promise<SeatOutcome<AcquireReply>> =>
      place === undefined
        ? parts.seat.acquire({ ...wish, resources: resources ?? [], waitMs }, { ...call, dryRun })
        : parts.seat.await({ ticket: place, waitMs }, { ...call, dryRun });
    return tellAcquire(parts, waitMs === 0 ? await ask(callOf(c)) : await waiting(parts, c, ask));
  },
});

export const renewLocks = defineOperation({
  id: 'renewLocks',
  method: 'post',
  path: '/v1/locks/renew',
  access: 'session',
  summary: 'Renew leases',
  description:
    'Their time begins anew. Any call of a session keeps its leases, but for those that others wait for (`wanted`).',
  body: {
    leases: leases.describe('[{resource, token}]'),
    ttlMs: ttlMs.describe('from now on; the time of each lease when left out'),
    dryRun: wishShape.dryRun,
  },
  async run({ parts, c, body: { dryRun, ...asked } }) {
    return tellAcquire(parts, await parts.seat.renew(asked, { ...callOf(c), dryRun }));
  },
});

async function tellAcquire({ seat }: HttpParts, outcome: SeatOutcome<AcquireReply>): Promise<Response> {
  const blockers = blockersOf(outcome);
  if (blockers.length === 0) return told(outcome, (replied) => spokenAcquire(replied, NO_PRESENCES));
  const presences = await presencesOf(seat, blockers);
  return told(outcome, (replied) => spokenAcquire(replied, presences), { presences });
}

const NO_PRESENCES = new Map<string, never>();

export const releaseLocks = defineOperation({
  id: 'releaseLocks',
  method: 'post',
  path: '/v1/locks/release',
  access: 'session',
  summary: 'Release leases',
  description:
    'Gives them back, so that the next in line gets them: those that are named, or everything the session holds.',
  body: releaseShape,
  async run({ parts, c, body }) {
    if ((body.all === true) === (body.leases !== undefined)) return problem(oneOfBoth('leases', 'all'));
    return told(await parts.seat.release(body.leases ?? 'all', callOf(c)), spokenRelease);
  },
});

export const withdrawTicket = defineOperation({
  id: 'withdrawTicket',
  method: 'post',
  path: '/v1/locks/withdraw',
  access: 'session',
  summary: 'Leave the line',
  description: 'Gives up a place in line. What the ticket was granted meanwhile is released.',
  body: withdrawShape,
  async run({ parts, c, body }) {
    return told(await parts.seat.withdraw(body.ticket, callOf(c)), spokenWithdraw);
  },
});

export const checkToken = defineOperation({
  id: 'checkToken',
  method: 'post',
  path: '/v1/locks/check',
  access: 'open',
  summary: 'Does a token hold?',
  description: 'Ask before a write that matters. Anybody may ask; asked by its holder, it is a use of the lease.',
  body: checkShape,
  async run({ parts, c, body }) {
    return told(await parts.seat.check(body, callOf(c)), spokenCheck);
  },
});

export const handOff = defineOperation({
  id: 'handOff',
  method: 'post',
  path: '/v1/locks/handoffs',
  access: 'session',
  summary: 'Hand a lock over',
  description:
    'Offers a lease to one agent, ahead of the line: `{resource, token, to}`. Answers an offer that was made: `{offer, answer}`; accepting gives a new token.',
  body: handOffShape,
  async run({ parts, c, body: { resource, token, to, offer, answer } }) {
    const isAnswer = offer !== undefined && answer !== undefined;
    const isOffer = resource !== undefined && token !== undefined && to !== undefined;
    const isMixed = (offer ?? answer) !== undefined && (resource ?? token ?? to) !== undefined;
    if (isOffer && !isMixed) return told(await parts.seat.handOff({ resource, token, to }, callOf(c)), spokenOffer);
    if (isAnswer && !isMixed)
      return told(await parts.seat.answerHandoff({ offer, answer }, callOf(c)), spokenOfferAnswer);
    return problem(NEITHER);
  },
});

const NEITHER = reject('INVALID_ARGUMENT', {
  message: 'POST /v1/locks/handoffs: it is either resource, token and to, or offer and answer.',
  next: 'Give {resource, token, to} to offer what you hold, or {offer, answer} to answer an offer.',
  details: { path: 'resource' },
});

function oneOfBoth(one: string, other: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `It is either ${one} or ${other}.`,
    next: `Give ${one}, or ${other}.`,
    details: { path: one },
  });
}
