// What a refusal says to its caller: what stands in the way, and what to do instead. Agents act by these words.

import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection, type Rejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import { type Ask, CoreFleet } from '../support/core-fleet.ts';

let fleet: CoreFleet;

beforeEach(() => {
  fleet = new CoreFleet();
  for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
});

function refusal(answer: Answer): Rejection {
  if (!isRejection(answer)) throw new Error(`not refused: ${JSON.stringify(answer)}`);
  return answer;
}

function tokenOf(resource: string, agentId: string): number {
  return [...fleet.state.leases.rows()].find((row) => row.resource === resource && row.agentId === agentId)?.token ?? 0;
}

function openOffer(): string {
  const [handoff] = fleet.state.handoffs.rows();
  return handoff?.offer ?? '';
}

const asks = (agentId: string, waitMs = 0, mode: 'shared' | 'exclusive' = 'exclusive'): Answer =>
  fleet.acquire(agentId, ['task:a'], { waitMs, mode, reason: `${agentId} works on it` }).answer;

describe('a resource that is not free', () => {
  const next = 'Ask again with waitMs to keep a place in line, or work on something else meanwhile.';

  it('is held by somebody', () => {
    asks('ana');
    expect(refusal(asks('cy'))).toMatchObject({
      message: 'task:a is not free: held by ana.',
      next,
      details: {
        blockedBy: [{ kind: 'holder', agentId: 'ana', token: tokenOf('task:a', 'ana'), reason: 'ana works on it' }],
      },
    });
  });

  it('is offered to somebody', () => {
    asks('ana');
    asks('bo', 1_000);
    fleet.atMs = 2_000;
    fleet.says('ana', { op: 'release', leases: 'all' });
    const [ticket] = Array.from(fleet.state.tickets.rows(), (row) => row.ticket);
    expect(refusal(asks('cy'))).toMatchObject({
      message: 'task:a is not free: bo has the offer of it.',
      next,
      details: { blockedBy: [{ kind: 'offer', agentId: 'bo', ticket, reason: 'bo works on it' }] },
    });
  });

  it('is what somebody stands in line for', () => {
    asks('ana', 0, 'shared');
    asks('bo', 60_000);
    expect(refusal(asks('cy', 0, 'shared'))).toMatchObject({
      message: 'task:a is not free: bo stands in line for it.',
      next,
      details: { blockedBy: [{ kind: 'waiter', agentId: 'bo', reason: 'bo works on it' }] },
    });
  });
});

describe('an acquire out of bounds', () => {
  const ask = { op: 'acquire', mode: 'exclusive', waitMs: 0, ttlMs: 60_000, reason: '', priority: 0 } as const;
  const many = (count: number, bytes = 8): string[] =>
    Array.from({ length: count }, (_, n) => `task:${n}`.padEnd(bytes, 'x'));
  const range = (name: string): string => `Give ${name} within these bounds, or leave it out.`;

  it.each<[Partial<Ask & { op: 'acquire' }>, string, string]>([
    [{ resources: [] }, 'No resource was named.', 'Name at least one, as in file:src/a.ts.'],
    [
      { resources: many(257) },
      '257 resources in one call; at most 256 are taken together.',
      'Take a tree (file:src/) or a glob instead, or several calls.',
    ],
    [
      { resources: many(200, 400) },
      'The names are 80000 bytes together; at most 65536 fit one call.',
      'Take a tree or a glob instead, or several calls.',
    ],
    [{ reason: 'é'.repeat(2_049) }, 'The reason is longer than 4096 bytes.', 'Shorten it.'],
    [{ ttlMs: 999 }, 'ttlMs is 999; it is a whole number from 1000 to 86400000.', range('ttlMs')],
    [{ waitMs: 1.5 }, 'waitMs is 1.5; it is a whole number from 0 to 600000.', range('waitMs')],
    [{ priority: -11 }, 'priority is -11; it is a whole number from -10 to 10.', range('priority')],
  ])('%j', (change, message, next) => {
    const { answer } = fleet.says('ana', { ...ask, resources: ['task:a'], ...change });
    expect(refusal(answer)).toMatchObject({ message, next });
  });

  it('finds room again by giving something up', () => {
    asks('ana');
    for (let n = 0; n < LIMITS.ticketsPerSession; n += 1)
      fleet.acquire('bo', ['task:a', `task:${n}`], { waitMs: 60_000 });
    expect(refusal(fleet.acquire('bo', ['task:a'], { waitMs: 60_000 }).answer)).toMatchObject({
      code: 'QUEUE_FULL',
      message: 'This session waits with 1000 tickets already.',
      next: 'Release or withdraw what is not needed, then ask again.',
      retryAfterMs: 1_000,
    });
  });
});

describe('leases that are not given back or handed on', () => {
  const handOff = (to: string, token = tokenOf('task:a', 'ana')): Answer =>
    fleet.says('ana', { op: 'hand_off', resource: 'task:a', token, to }).answer;
  const answers = (offer: string, agentId: string): Answer =>
    fleet.says(agentId, { op: 'answer_handoff', offer, answer: 'accept' }).answer;

  it('say why of each, when there are several', () => {
    asks('ana');
    const leases = [
      { resource: 'task:b', token: 7 },
      { resource: 'task:a', token: tokenOf('task:a', 'ana') },
    ];
    expect(refusal(fleet.says('bo', { op: 'release', leases }).answer)).toMatchObject({
      code: 'TOKEN_STALE',
      message: 'None of 2 leases was released. Token 7 is not the current token of task:b.',
      next: 'The lease has ended: stop acting on it, look at what changed, and acquire again.',
      details: { refused: [{ code: 'TOKEN_STALE' }, { code: 'NOT_HOLDER' }] },
    });
    expect(refusal(fleet.says('bo', { op: 'renew', leases: leases.toReversed(), ttlMs: null }).answer)).toMatchObject({
      code: 'NOT_HOLDER',
      message: 'None of 2 leases was renewed. task:a is held by another session, of ana.',
      next: 'Only the session that holds it can do this. Use its handle, or ask the holder.',
    });
  });

  it('say who is not there to take it, or is not meant', () => {
    asks('ana');
    expect(refusal(handOff('zed'))).toMatchObject({
      message: 'There is no agent zed.',
      next: 'Look at fleet_status (brigade agents) for who is here.',
    });
    handOff('bo');
    const offer = openOffer();
    expect(refusal(answers(offer, 'cy'))).toMatchObject({
      message: `Offer ${offer} is addressed to bo.`,
      next: 'Only a session of that agent can answer it.',
    });
  });

  it('say when an offer is over, and of one that never was no more than a name is long', () => {
    expect(refusal(answers('h'.repeat(500), 'bo'))).toMatchObject({
      message: `There is no open offer ${'h'.repeat(40)}.`,
      next: 'It was answered, lapsed after ten minutes, or ended with the lease. Acquire the resource to stand in line.',
    });
  });

  it('say that others have waited long enough', () => {
    asks('ana');
    handOff('bo');
    const offer = openOffer();
    answers(offer, 'bo');
    asks('cy', 60_000);
    const token = tokenOf('task:a', 'bo');
    expect(refusal(fleet.says('bo', { op: 'hand_off', resource: 'task:a', token, to: 'ana' }).answer)).toMatchObject({
      code: 'NOT_SAFE',
      message: 'task:a came to you by handoff and others wait in line for it; handing it on would pass them again.',
      next: 'Release it: the first in line gets it.',
    });
  });
});

describe('what the giver of a lease hears of its offer', () => {
  const answered = (answer: 'accept' | 'decline') => (offer: string) =>
    void fleet.says('bo', { op: 'answer_handoff', offer, answer });

  it.each<[string, (offer: string) => void]>([
    ['was accepted', answered('accept')],
    ['was declined', answered('decline')],
    [
      'was lapsed',
      () => {
        fleet.atMs = LIMITS.handoffMs;
        fleet.settle();
      },
    ],
    ['was withdrawn with the lease', () => void fleet.says('ana', { op: 'release', leases: 'all' })],
  ])('that it %s', (outcome, happens) => {
    asks('ana');
    fleet.says('ana', { op: 'hand_off', resource: 'task:a', token: tokenOf('task:a', 'ana'), to: 'bo' });
    const offer = openOffer();
    happens(offer);
    expect(fleet.state.notices.get('s-ana')?.notices.at(-1)).toMatchObject({
      kind: 'handoff_ended',
      offer,
      text: `Your offer of task:a to bo ${outcome}.`,
    });
  });
});
