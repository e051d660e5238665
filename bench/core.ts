// What the pure core costs: deciding and merging pairs of acquire and release, folding their events, and how much 100,000
// held leases, a chain of 1,000 waiters or 2,000 waits of 1,000 agents slow a decision down. One thread, no store.

import { apply } from '../src/core/apply.ts';
import type { Command } from '../src/core/command.ts';
import { decide } from '../src/core/decide.ts';
import { settleDeadlines } from '../src/core/due.ts';
import type { FleetEvent } from '../src/core/event.ts';
import { emptyState, type FleetState, mergeState } from '../src/core/fleet-state.ts';
import { isRejection } from '../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../src/core/reply.ts';
import { registration } from '../test/support/registration.ts';
import type { Figure } from './support/figure.ts';

const PAIRS = 50_000;
const SESSIONS = 64;
const HELD = 100_000;
const CHAIN = 1_000;
/** Agents, and waits of them for one another. */
const CROWD = 1_000;
const CROWD_WAITS = 2_000;
const CROWD_PAIRS = 2_000;

export async function measure(): Promise<readonly Figure[]> {
  const fleet = new Fleet(SESSIONS);
  const free = rate(PAIRS, () => fleet.pairs(PAIRS));
  const folded = rate(fleet.events.length, () => fold(fleet.events));
  const holding = new Fleet(SESSIONS);
  holding.hold(HELD);
  const crowded = rate(PAIRS, () => holding.pairs(PAIRS));
  const crowd = waitingCrowd();
  const among = rate(CROWD_PAIRS, () => crowd.pairs(CROWD_PAIRS));
  return [
    { what: 'pairs decided, nothing else held', value: free, unit: 'pairs/s' },
    { what: `pairs decided, ${HELD} leases held`, value: crowded, unit: 'pairs/s' },
    { what: 'of the rate with nothing held', value: crowded / free, unit: '', target: { atLeast: 0.4 } },
    { what: 'events folded', value: folded, unit: 'events/s' },
    { what: `pairs decided by those who wait, ${CROWD_WAITS} waits`, value: among, unit: 'pairs/s' },
    { what: 'of the rate with nobody waiting', value: among / free, unit: '', target: { atLeast: 0.1 } },
    { what: `closing a ring of ${CHAIN} waits`, value: closeRing(CHAIN), unit: 'ms', target: { atMost: 250 } },
  ];
}

class Fleet {
  readonly state: FleetState = emptyState();
  readonly events: FleetEvent[] = [];
  #at = 0;
  #requests = 0;
  readonly #sessions: number;

  constructor(sessions: number) {
    this.#sessions = sessions;
    this.ask({ op: 'found', fleetId: 'bench', by: SYSTEM });
    for (let i = 0; i < sessions; i += 1) this.ask(registered(i));
  }

  ask(command: Asked): Answer {
    this.#requests += 1;
    const request = { ...command, requestId: `r${this.#requests}`, bodyHash: 'b' } as Command;
    const { groups, answer, draft } = decide(this.state, request, { at: this.#at, wallAt: WALL });
    mergeState(this.state, draft);
    for (const group of groups) this.events.push(...group);
    return answer;
  }

  acquire(session: number, resource: string, waitMs = 0): AcquireReply {
    const answer = this.ask({
      op: 'acquire',
      by: caller(session),
      resources: [resource],
      mode: 'exclusive',
      waitMs,
      ttlMs: 86_400_000,
      reason: '',
      priority: 0,
    });
    if (isRejection(answer) || answer.op !== 'acquire') throw new Error(JSON.stringify(answer));
    return answer;
  }

  pairs(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#at += 1;
      const session = i % this.#sessions;
      const resource = `file:@w/src/pair-${session}.ts`;
      const [lease] = this.acquire(session, resource).leases;
      this.ask({ op: 'release', by: caller(session), leases: [{ resource, token: lease?.token ?? 0 }] });
      if (session === 0) settleDeadlines(this.state, this.#at);
    }
  }

  hold(count: number): void {
    for (let i = 0; i < count; i += 1) this.acquire(i % this.#sessions, `file:@w/held/${i % 100}/f${i}.ts`);
  }
}

/** Everybody holds one thing, and waits for two of those before it, so that nobody waits in a circle. */
function waitingCrowd(): Fleet {
  const fleet = new Fleet(CROWD);
  for (let i = 0; i < CROWD; i += 1) fleet.acquire(i, `task:${i}`);
  for (let i = 0; i < CROWD_WAITS; i += 1) {
    const waiter = 1 + (i % (CROWD - 1));
    fleet.acquire(waiter, `task:${(i * 7_919) % waiter}`, 600_000);
  }
  return fleet;
}

/** Everybody holds one thing and waits for the next one's; the last to ask closes the ring. */
function closeRing(size: number): number {
  const fleet = new Fleet(size);
  for (let i = 0; i < size; i += 1) fleet.acquire(i, `task:${i}`);
  for (let i = 0; i < size - 1; i += 1) fleet.acquire(i, `task:${i + 1}`, 600_000);
  const start = performance.now();
  const answer = fleet.ask({
    op: 'acquire',
    by: caller(size - 1),
    resources: ['task:0'],
    mode: 'exclusive',
    waitMs: 600_000,
    ttlMs: 86_400_000,
    reason: '',
    priority: 0,
  });
  const spent = performance.now() - start;
  if (!isRejection(answer) || answer.code !== 'WAIT_ABORTED_DEADLOCK') throw new Error('the ring was not noticed');
  return spent;
}

function fold(events: readonly FleetEvent[]): void {
  const state = emptyState();
  for (const event of events) apply(state, event);
}

function rate(count: number, work: () => void): number {
  const start = performance.now();
  work();
  return (count / (performance.now() - start)) * 1000;
}

type Asked = Command extends infer C ? (C extends Command ? Omit<C, 'requestId' | 'bodyHash'> : never) : never;

const WALL = '2025-11-19T23:25:00.000Z';
const SYSTEM = { kind: 'system', name: 'bench' } as const;

function caller(session: number): { readonly kind: 'session'; readonly handleHash: string } {
  return { kind: 'session', handleHash: `handle-${session}` };
}

function registered(i: number): Asked {
  const own = { freshSessionId: `session-${i}`, freshHandleHash: `handle-${i}` };
  return { ...registration(`bench-x${i}x`, { transport: 'process', worktree: 'w', ...own }), by: SYSTEM };
}
