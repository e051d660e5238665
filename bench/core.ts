// What the pure core costs: deciding and merging pairs of acquire and release, folding their events, and how much 100,000
// held leases, a chain of 1,000 waiters or 2,000 waits of 1,000 agents slow a decision down. One thread, no store.

import { apply } from '../src/core/apply.ts';
import type { FleetEvent } from '../src/core/event.ts';
import { emptyState } from '../src/core/fleet-state.ts';
import { isRejection } from '../src/core/rejection.ts';
import { CoreFleet } from './support/core-fleet.ts';
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
  const fleet = new CoreFleet(SESSIONS);
  const free = rate(PAIRS, () => fleet.pairs(PAIRS));
  const folded = rate(fleet.events.length, () => fold(fleet.events));
  const holding = new CoreFleet(SESSIONS);
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

/** Everybody holds one thing, and waits for two of those before it, so that nobody waits in a circle. */
function waitingCrowd(): CoreFleet {
  const fleet = new CoreFleet(CROWD);
  for (let i = 0; i < CROWD; i += 1) fleet.acquire(i, `task:${i}`);
  for (let i = 0; i < CROWD_WAITS; i += 1) {
    const waiter = 1 + (i % (CROWD - 1));
    fleet.acquire(waiter, `task:${(i * 7_919) % waiter}`, 600_000);
  }
  return fleet;
}

/** Everybody holds one thing and waits for the next one's; the last to ask closes the ring. */
function closeRing(size: number): number {
  const fleet = new CoreFleet(size);
  for (let i = 0; i < size; i += 1) fleet.acquire(i, `task:${i}`);
  for (let i = 0; i < size - 1; i += 1) fleet.acquire(i, `task:${i + 1}`, 600_000);
  const start = performance.now();
  const answer = fleet.tryAcquire(size - 1, ['task:0'], 600_000);
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
