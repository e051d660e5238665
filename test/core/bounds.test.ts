// Everything is bounded: a group fits what every store takes, whatever is asked for, and what does not fit is done later
// and not for ever.

import { describe, expect, it } from 'vitest';
import type { CycleStep } from '../../src/core/event.ts';
import { checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import { RESOURCE_LIMITS } from '../../src/core/resource/resource-limits.ts';
import { CoreFleet } from '../support/core-fleet.ts';

const MOST = LIMITS.resourcesPerAcquire;
/** How long the longest lease lives without activity. */
const LIFE_MS = LIMITS.ttlMaxMs + LIMITS.ttlMaxMs / 4;

function names(prefix: string, count: number, length = 0): readonly string[] {
  return Array.from({ length: count }, (_, i) => `task:${`${prefix}${i}`.padEnd(length, 'x')}`);
}

function ticketOf(answer: Answer): string {
  if (isRejection(answer) || answer.op !== 'acquire' || answer.ticket === null) throw new Error(JSON.stringify(answer));
  return answer.ticket;
}

/** `ana` waits for all of `resources`, which `hal` holds, and a parked waiter stands behind her for each. */
function crowd(resources: readonly string[]): { readonly fleet: CoreFleet; readonly ticket: string } {
  const fleet = new CoreFleet();
  fleet.join('hal');
  fleet.join('ana');
  fleet.acquire('hal', resources.slice(0, 1));
  const ticket = ticketOf(fleet.acquire('ana', resources, { waitMs: LIMITS.waitMaxMs }).answer);
  resources.forEach((resource, i) => {
    fleet.join(`w-${i}`);
    fleet.acquire(`w-${i}`, [resource], { waitMs: LIMITS.waitMaxMs });
  });
  return { fleet, ticket };
}

describe('a group of events', () => {
  it.each(['undelivered', 'withdraw'] as const)(
    'fits when a grant of %s leases goes back and each is waited for',
    (op) => {
      const { fleet, ticket } = crowd(names('r', MOST));
      fleet.says('hal', { op: 'release', leases: 'all' });
      expect(fleet.state.leases.countIn('session', 's-ana')).toBe(MOST);
      fleet.says('ana', { op, ticket });
      fleet.settle();
      expect(checkState(fleet.state)).toEqual([]);
      expect(fleet.state.leases.size).toBe(op === 'withdraw' ? MOST : 0);
    },
  );

  it('fits when a waiter for very many leaves and each is waited for', () => {
    const { fleet, ticket } = crowd(names('r', MOST));
    fleet.says('ana', { op: 'withdraw', ticket });
    fleet.settle();
    expect(checkState(fleet.state)).toEqual([]);
    expect(fleet.state.leases.size).toBe(MOST);
  });

  it('fits when the names are as long as they may be together, granted at once or by waiting', () => {
    const resources = names('r', MOST, LIMITS.resourceBytesPerAcquire / MOST - 'task:'.length);
    const fleet = new CoreFleet();
    fleet.join('ana');
    fleet.join('bo');
    expect(fleet.acquire('ana', resources, { reason: '"'.repeat(LIMITS.textBytes) }).answer).toMatchObject({
      status: 'granted',
    });
    expect(fleet.acquire('bo', resources, { waitMs: 60_000 }).answer).toMatchObject({ status: 'queued' });
    fleet.says('ana', { op: 'release', leases: 'all' });
    fleet.says('ana', { op: 'release', leases: 'all' });
    fleet.settle();
    expect(fleet.state.leases.countIn('session', 's-bo')).toBe(MOST);
    const { answer } = fleet.acquire('ana', [...resources.slice(1), `${resources[0]}x`]);
    expect(answer).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('fits when a session’s many waits are all satisfied at once', () => {
    const resources = names('r', 40);
    const fleet = new CoreFleet();
    for (const name of ['hal', 'ana', 'bo']) fleet.join(name);
    fleet.acquire('hal', ['task:key']);
    for (let i = 0; i < 300; i += 1) {
      const set = ['task:key', ...resources.slice(i % 40, (i % 40) + 1 + (i % 7)), `task:own-${i}`];
      fleet.acquire('ana', set, { waitMs: LIMITS.waitMaxMs });
    }
    fleet.says('hal', { op: 'release', leases: 'all' });
    fleet.settle();
    expect(checkState(fleet.state)).toEqual([]);
    expect(fleet.state.tickets.size).toBe(0);
  });

  it('fits when a cycle of very many with long names is told', () => {
    const fleet = new CoreFleet();
    const length = 200;
    const ring = Array.from({ length }, (_, i) => `file:@w1/${`${i}`.padEnd(RESOURCE_LIMITS.pathBytes, 'x')}`);
    for (let i = 0; i < length; i += 1) {
      fleet.join(`w-${i}`);
      fleet.acquire(`w-${i}`, [ring[i] as string]);
    }
    for (let i = 0; i < length - 1; i += 1) fleet.acquire(`w-${i}`, [ring[i + 1] as string], { waitMs: 60_000 });
    const { answer } = fleet.acquire(`w-${length - 1}`, [ring[0] as string], { waitMs: 60_000 });
    const told = length - LIMITS.cycleSteps;
    const message = expect.stringContaining(`${told} more wait for one another up to w-${length - 2};`) as string;
    expect(answer).toMatchObject({ code: 'WAIT_ABORTED_DEADLOCK', message });
    const cycle = isRejection(answer) ? (answer.details.cycle as readonly CycleStep[]) : [];
    const last = LIMITS.cycleSteps - 1;
    expect(cycle.map(({ agentId }) => agentId)).toEqual([
      `w-${length - 1}`,
      ...Array.from({ length: last - 1 }, (_, i) => `w-${i}`),
      `w-${length - 2}`,
    ]);
    expect(cycle.flatMap(({ leftOut }, i) => (leftOut === undefined ? [] : [[i, leftOut]]))).toEqual([
      [last - 1, told],
    ]);
  });
});

describe('what is left due', () => {
  it('is done by sweeps of at most so many groups, and nothing is left in the end', () => {
    const fleet = new CoreFleet();
    fleet.join('hal');
    for (let i = 0; i < 5; i += 1) fleet.acquire('hal', names(`set-${i}-`, 200));
    fleet.atMs = 2 * LIMITS.ttlMaxMs;
    const first = fleet.system({ op: 'sweep' });
    expect(first.answer).toMatchObject({ more: true });
    expect(first.groups.length).toBeLessThanOrEqual(LIMITS.dueGroupsPerAppend);
    fleet.settle();
    expect(fleet.state.leases.size).toBe(0);
  });

  it('keeps nobody from what it touches: a lease beyond the bound of one sweep is settled for who asks', () => {
    const fleet = new CoreFleet();
    for (const name of ['hal', 'bo']) fleet.join(name);
    for (let i = 0; i < 5; i += 1) fleet.acquire('hal', names(`set-${i}-`, 200));
    fleet.acquire('hal', ['task:last']);
    fleet.atMs = LIFE_MS - 1;
    fleet.join('cy');
    fleet.atMs = LIFE_MS;
    expect(fleet.acquire('cy', ['task:last']).answer).toMatchObject({ status: 'granted' });
    expect(fleet.state.leases.size).toBeGreaterThan(LIMITS.dueGroupsPerAppend);
  });

  it('is settled for writes and checks too', () => {
    const fleet = new CoreFleet();
    fleet.join('hal');
    for (let i = 0; i < 5; i += 1) fleet.acquire('hal', names(`set-${i}-`, 200));
    const { answer } = fleet.acquire('hal', ['state:last']);
    const token = !isRejection(answer) && answer.op === 'acquire' ? (answer.leases[0]?.token ?? 0) : 0;
    fleet.atMs = LIFE_MS - 1;
    fleet.join('cy');
    fleet.atMs = LIFE_MS;
    expect(fleet.says('cy', { op: 'check', resource: 'state:last', token }).answer).toMatchObject({ holds: false });
    const put = { op: 'put_state', key: 'last', value: 1, condition: { ifVersion: 0 } } as const;
    expect(fleet.says('cy', put).answer).toMatchObject({ version: 1 });
  });
});

describe('lines and sessions', () => {
  it('refuse one more than they may hold', () => {
    const fleet = new CoreFleet();
    for (const name of ['hal', 'ana']) fleet.join(name);
    fleet.acquire('hal', ['task:key']);
    for (let i = 0; i < LIMITS.ticketsPerSession; i += 1) {
      expect(fleet.acquire('ana', ['task:key', `task:${i}`], { waitMs: 60_000 }).answer).toMatchObject({
        status: 'queued',
      });
    }
    const { answer } = fleet.acquire('ana', ['task:key', 'task:more'], { waitMs: 60_000 });
    expect(answer).toMatchObject({ code: 'QUEUE_FULL' });
    expect(fleet.acquire('ana', ['task:free']).answer).toMatchObject({ status: 'granted' });
    expect(fleet.acquire('ana', ['task:key', 'task:1'], { waitMs: 60_000 }).answer).toMatchObject({ status: 'queued' });
  });

  it('never come to hold more than they may, by asking or by waiting, and may still renew what they hold', () => {
    const fleet = new CoreFleet();
    for (const name of ['hal', 'ana']) fleet.join(name);
    fleet.acquire('hal', ['task:key']);
    const sets = Math.floor(LIMITS.leasesPerSession / MOST) - 1;
    for (let i = 0; i < sets; i += 1) fleet.acquire('ana', names(`set-${i}-`, MOST));
    const waits = Array.from({ length: 5 }, (_, i) =>
      fleet.acquire('ana', ['task:key', ...names(`wait-${i}-`, MOST - 1)], { waitMs: 60_000 }),
    );
    expect(waits.map(({ answer }) => (isRejection(answer) ? answer.code : 'taken'))).toContain('QUEUE_FULL');
    fleet.says('hal', { op: 'release', leases: 'all' });
    fleet.settle();
    expect(fleet.state.leases.countIn('session', 's-ana')).toBeLessThanOrEqual(LIMITS.leasesPerSession);
    expect(fleet.acquire('ana', names('set-0-', MOST)).answer).toMatchObject({ status: 'renewed' });
  });
});
