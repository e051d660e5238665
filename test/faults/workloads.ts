// What agents do in a round. Each takes turns until the round is over, or it has had as many as may be judged; what it does is
// chosen by its own random numbers, so the round's seed chooses it.

import type { LeaseRef } from '../../src/core/command.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { codeOf, type Hand } from './hand.ts';

export const WORKLOADS = ['contended', 'distinct', 'several', 'shared', 'handed', 'governed'] as const;

export type Workload = (typeof WORKLOADS)[number];

export interface Shift {
  readonly hands: readonly Hand[];
  readonly operator: Hand;
  /** A name that no other round has. */
  readonly nameOf: (what: string) => string;
}

interface Work {
  /** The resources that it is about. */
  readonly resources: (shift: Shift) => readonly string[];
  /** One turn of one agent, the `i`th. */
  readonly turn: (hand: Hand, shift: Shift, i: number) => Promise<void>;
}

/** Of each agent in a round: more make a history too long to be judged in a moment. */
const TURNS_MAX = 40;
const THINK_MS = 40;
const HOLD_MS = 15;
/** Short, so that what somebody forgot, or stands still with, goes on within the round. */
const TTLS_MS = [1_000, 1_500, 2_000] as const;

export function resourcesOf(workload: Workload, shift: Shift): readonly string[] {
  return WORK[workload].resources(shift);
}

/** Everybody at work until the round is over. */
export async function work(workload: Workload, shift: Shift): Promise<void> {
  const { turn } = WORK[workload];
  const atWork = async (hand: Hand, i: number): Promise<void> => {
    for (let n = 0; n < TURNS_MAX && !hand.stage.isOver && !hand.isGone; n += 1) {
      await turn(hand, shift, i);
      await hand.stage.think(hand.random, THINK_MS);
    }
  };
  const governing = workload === 'governed' ? [govern(shift)] : [];
  await Promise.all([...shift.hands.map(atWork), ...governing]);
}

const WORK: Readonly<Record<Workload, Work>> = {
  contended: {
    resources: ({ nameOf }) => [nameOf('one')],
    turn: (hand, { nameOf }) => useOne(hand, nameOf('one'), hand.random.chance(0.08)),
  },
  distinct: {
    resources: ({ hands, nameOf }) => hands.map((_, i) => nameOf(`own-${i}`)),
    turn: (hand, { nameOf }, i) => useOne(hand, nameOf(`own-${i}`), false),
  },
  several: {
    resources: ({ nameOf }) => FOUR.map(nameOf),
    turn: useSeveral,
  },
  shared: {
    resources: ({ nameOf }) => ['both'].map(nameOf),
    turn: useShared,
  },
  handed: {
    resources: ({ nameOf }) => ['hot', 'warm'].map(nameOf),
    turn: handOn,
  },
  governed: {
    resources: ({ nameOf }) => [nameOf('desk')],
    turn: beGoverned,
  },
};

const FOUR = ['north', 'east', 'south', 'west'] as const;

async function useOne(hand: Hand, resource: string, isForgotten: boolean): Promise<void> {
  const { random, stage } = hand;
  const leases = await hand.acquire([resource], { waitMs: random.pick(stage.waitsMs), ttlMs: random.pick(TTLS_MS) });
  if (leases === null) return;
  await stage.think(random, HOLD_MS);
  if (random.chance(0.3)) await use(hand, leases);
  // It ends by its time where somebody waits for it.
  if (!isForgotten) await hand.release(leases);
}

/** Some of what is done with a lease. */
async function use(hand: Hand, leases: readonly LeaseRef[]): Promise<void> {
  const { random } = hand;
  const [lease] = leases;
  if (lease === undefined) return;
  if (random.chance(0.5)) await hand.ask({ op: 'check', ...lease });
  else await hand.ask({ op: 'renew', leases, ttlMs: null });
}

/** Sets at once, or one after the other in any order, which is how deadlocks come about. */
async function useSeveral(hand: Hand, { nameOf }: Shift): Promise<void> {
  const { random, stage } = hand;
  const wanted = shuffled(FOUR, hand).slice(0, random.between(2, 3)).map(nameOf);
  const ask = { ttlMs: random.pick(TTLS_MS) };
  const taken: LeaseRef[] = [];
  if (random.chance(0.4))
    taken.push(...((await hand.acquire(wanted, { ...ask, waitMs: random.pick(stage.waitsMs) })) ?? []));
  else
    for (const resource of wanted) {
      const leases = await hand.acquire([resource], { ...ask, waitMs: random.pick(stage.waitsMs) });
      if (leases === null) break;
      taken.push(...leases);
      await stage.think(random, HOLD_MS);
    }
  await hand.release(taken);
}

async function useShared(hand: Hand, { nameOf }: Shift): Promise<void> {
  const { random, stage } = hand;
  const both = [nameOf('both')];
  const ask = { waitMs: random.pick(stage.waitsMs), ttlMs: random.pick(TTLS_MS) };
  if (random.chance(0.25)) {
    const alone = await hand.acquire(both, ask);
    await stage.think(random, HOLD_MS);
    if (alone !== null) await hand.release(alone);
    return;
  }
  const shared = await hand.acquire(both, { ...ask, mode: 'shared' });
  if (shared === null) return;
  await stage.think(random, HOLD_MS);
  const upgraded = random.chance(0.3) ? await hand.acquire(both, ask) : null;
  if (random.chance(0.3)) await use(hand, upgraded ?? shared);
  await hand.release(upgraded ?? shared);
}

/** Writes under a lease, hands it to a colleague, who takes it, writes and gives it back. */
async function handOn(hand: Hand, { nameOf, hands }: Shift): Promise<void> {
  const { random, stage } = hand;
  const name = random.pick(['hot', 'warm']);
  const leases = await hand.acquire([nameOf(name)], {
    waitMs: random.pick(stage.waitsMs),
    ttlMs: random.pick(TTLS_MS),
  });
  const [lease] = leases ?? [];
  if (lease === undefined) return;
  await write(hand, nameOf(`value-${name}`), lease);
  const colleague = random.pick(hands);
  if (colleague === hand || random.chance(0.4)) return hand.release([lease]);
  const answer = await hand.ask({ op: 'hand_off', ...lease, to: colleague.name });
  if (answer === null || isRejection(answer) || answer.op !== 'hand_off') return hand.release([lease]);
  const accepted = await colleague.ask({
    op: 'answer_handoff',
    offer: answer.offer,
    answer: random.chance(0.8) ? 'accept' : 'decline',
  });
  if (accepted !== null && !isRejection(accepted) && accepted.op === 'answer_handoff' && accepted.lease !== null) {
    const { resource, token } = accepted.lease;
    await write(colleague, nameOf(`value-${name}`), { resource, token });
    // Its old token is of no use.
    if (random.chance(0.5)) await write(hand, nameOf(`value-${name}`), lease);
    return colleague.release([{ resource, token }]);
  }
  return hand.release([lease]);
}

function write(hand: Hand, key: string, condition: LeaseRef): Promise<unknown> {
  return hand.ask({ op: 'put_state', key, value: `${hand.name} ${hand.random.below(1_000)}`, condition });
}

/** Reads, changes and writes back; says what it did; takes the desk now and then. */
async function beGoverned(hand: Hand, { nameOf }: Shift, i: number): Promise<void> {
  const { random } = hand;
  const key = nameOf(random.pick(['menu', 'stock']));
  const known = await hand.read(key);
  if (known !== null) {
    const value = { by: hand.name, turn: random.below(10_000) };
    const answer = await hand.ask({ op: 'put_state', key, value, condition: { ifVersion: known.version } });
    // A pause is a time in which nothing is to be gained by asking.
    if (codeOf(answer) === 'AGENT_PAUSED') await hand.stage.think(random, 3 * THINK_MS);
  }
  if (random.chance(0.4)) await checkIn(hand, i);
  if (random.chance(0.3)) await useOne(hand, nameOf('desk'), false);
}

async function checkIn(hand: Hand, i: number): Promise<void> {
  const { random } = hand;
  const summary = `${hand.name} did ${random.below(1_000_000)} of ${i}`;
  const said = { complexity: 0.5, confidence: 0.5, outcomes: [], plan: null, parameters: null };
  await hand.ask({ op: 'check_in', summary, digest: summary, ...said });
}

/** An operator pauses agents, resumes them and changes the policy; at the end all of them are at work. */
async function govern({ operator, hands }: Shift): Promise<void> {
  const { random, stage } = operator;
  for (let n = 0; n < TURNS_MAX && !stage.isOver; n += 1) {
    const agentId = random.pick(hands).name;
    if (random.chance(0.3)) await operator.ask({ op: 'adopt_policy', policy: policyOf(n), reason: `turn ${n}` });
    await operator.ask({ op: 'pause', agentId, reason: 'a look' });
    await stage.think(random, 4 * THINK_MS);
    await operator.ask({ op: 'resume', agentId, reason: 'all well' });
    await stage.think(random, 4 * THINK_MS);
  }
  for (const { name } of hands) await operator.ask({ op: 'resume', agentId: name, reason: 'the round is over' });
}

/** Another one each time; what happens to the leases of a paused agent stays as it was. */
function policyOf(n: number): Policy {
  return { alerts: { waitMs: 60_000 + n } };
}

function shuffled<T>(items: readonly T[], { random }: Hand): readonly T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
