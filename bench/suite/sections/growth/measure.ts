// What doubles when the fleet does, and what more than doubles.

import { snapshotBody } from '../../../../src/app/snapshot-body.ts';
import { apply } from '../../../../src/core/apply.ts';
import { emptyState } from '../../../../src/core/fleet-state.ts';
import { isRejection } from '../../../../src/core/rejection.ts';
import { CoreFleet } from '../../../support/core-fleet.ts';
import { fitGrowth } from '../../load/statistics.ts';
import type { Ask, Row, Target } from '../../section.ts';

const SIZES = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
/** Of what is dear: lines and rings. */
const LINE_SIZES = [125, 250, 500, 1_000, 2_000];
const RING_SIZES = [100, 200, 400, 800];
/** With `--quick` only the first of each. */
const QUICK_SIZES = 4;
const BEST_OF = 3;
const WAIT_MS = 600_000;
const DAY_MS = 86_400_000;
const LINEAR: Target = { atMost: 1.15 };
/** Where size should not matter. */
const FLAT: Target = { atMost: 0.3 };
const PAIRS = 2_000;

interface Growing {
  readonly name: string;
  readonly what: string;
  readonly target: Target;
  readonly sizes?: readonly number[];
  /** It changes nothing, and can be done again without making ready for it. */
  readonly isRepeatable?: true;
  /** Makes ready for this size; answers what is measured. */
  readonly prepare: (size: number) => () => unknown;
}

const GROWING: readonly Growing[] = [
  { name: 'register', what: 'n agents register', target: LINEAR, prepare: (n) => () => new CoreFleet(n) },
  { name: 'hold', what: 'n leases are taken', target: LINEAR, prepare: (n) => withAgents(n / 50, (f) => f.hold(n)) },
  {
    name: 'pairs',
    what: `${PAIRS} pairs while n leases are held`,
    target: FLAT,
    prepare: (n) => {
      const fleet = new CoreFleet(Math.ceil(n / 50));
      fleet.hold(n);
      return () => fleet.pairs(PAIRS);
    },
  },
  {
    name: 'queue',
    what: 'n agents join one line',
    target: LINEAR,
    sizes: LINE_SIZES,
    prepare: (n) => withAgents(n + 1, (fleet) => queue(fleet, n)),
  },
  {
    name: 'promote',
    what: 'a line of n is granted, one after the other',
    target: LINEAR,
    sizes: LINE_SIZES,
    prepare: line,
  },
  { name: 'expire', what: 'n leases end at once', target: LINEAR, prepare: ending },
  {
    name: 'ring',
    what: 'a ring of n waits is closed',
    target: LINEAR,
    sizes: RING_SIZES,
    isRepeatable: true,
    prepare: ring,
  },
  { name: 'fold', what: 'n pairs are folded', target: LINEAR, prepare: folding },
  { name: 'snapshot', what: 'a snapshot of n leases', target: LINEAR, prepare: snapshot },
];

export async function measure({ isQuick }: Ask): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const growing of GROWING) {
    const points: (readonly [number, number])[] = [];
    // What is compiled while the smallest is measured would flatten the line.
    const sizes = growing.sizes ?? SIZES;
    await best(growing, sizes[0] ?? 1);
    for (const size of isQuick ? sizes.slice(0, QUICK_SIZES) : sizes) points.push([size, await best(growing, size)]);
    const { exponent, error } = fitGrowth(points);
    const [size, largest] = points.at(-1) ?? [0, Number.NaN];
    const cells = { exponent, error, largest };
    const { name, what, target } = growing;
    rows.push({ id: `growth.${name}`, what, size, survives: 'none', cells, targets: { exponent: target } });
  }
  return rows;
}

async function best({ prepare, isRepeatable }: Growing, size: number): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  let work = prepare(size);
  for (let time = 0; time < BEST_OF; time += 1) {
    if (time > 0 && isRepeatable !== true) work = prepare(size);
    const beganMs = performance.now();
    await work();
    leastMs = Math.min(leastMs, performance.now() - beganMs);
  }
  return leastMs;
}

function withAgents(agents: number, work: (fleet: CoreFleet) => unknown): () => unknown {
  const fleet = new CoreFleet(Math.ceil(agents));
  return () => work(fleet);
}

/** Agent 0 holds what all others want. */
function queue(fleet: CoreFleet, n: number): void {
  fleet.acquire(0, 'task:stove');
  for (let i = 1; i <= n; i += 1) fleet.acquire(i, 'task:stove', WAIT_MS);
}

function line(n: number): () => void {
  const fleet = new CoreFleet(n + 1);
  queue(fleet, n);
  return () => {
    for (let i = 0; i <= n; i += 1) fleet.releaseAll(i);
    if (fleet.state.leases.size > 0) throw new Error('somebody still holds it');
  };
}

function ending(n: number): () => void {
  const fleet = new CoreFleet(Math.ceil(n / 50));
  fleet.hold(n);
  return () => {
    fleet.settleAfter(2 * DAY_MS);
    if (fleet.state.leases.size > 0) throw new Error(`${fleet.state.leases.size} leases did not end`);
  };
}

function ring(n: number): () => void {
  const fleet = new CoreFleet(n);
  for (let i = 0; i < n; i += 1) fleet.acquire(i, `task:${i}`);
  for (let i = 0; i < n - 1; i += 1) fleet.acquire(i, `task:${i + 1}`, WAIT_MS);
  return () => {
    const answer = fleet.tryAcquire(n - 1, ['task:0'], WAIT_MS);
    if (!isRejection(answer) || answer.code !== 'WAIT_ABORTED_DEADLOCK') throw new Error('the ring was not noticed');
  };
}

function folding(n: number): () => void {
  const fleet = new CoreFleet(64);
  fleet.pairs(n);
  return () => {
    const state = emptyState();
    for (const event of fleet.events) apply(state, event);
  };
}

function snapshot(n: number): () => Promise<unknown> {
  const fleet = new CoreFleet(Math.ceil(n / 50));
  fleet.hold(n);
  return () => snapshotBody(fleet.state);
}
