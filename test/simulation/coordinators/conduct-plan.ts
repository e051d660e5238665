// What an agent says of its work, what it writes and reads, and what an operator says of agents. Drawn from the seed, like
// everything else that an agent does.

import type { OutcomeFacts } from '../../../src/core/governance/check-in.ts';
import { isWanted } from '../../../src/core/lease/conflict.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import { wordOfOperator } from '../operator.ts';
import type { Cook } from './cook.ts';
import type { Kitchen } from './plan.ts';

type Deed = (cook: Cook, kitchen: Kitchen) => void;

export const CONDUCT: readonly (readonly [number, Deed])[] = [
  [8, checkIn],
  [2, checkInWhereWaitedFor],
  [3, recordOutcome],
  [1, recover],
  [4, send],
  [5, read],
  [1, hear],
  [7, order],
];

/** Of one that was told that it is paused. */
export const WHILE_PAUSED: readonly (readonly [number, Deed])[] = [
  [3, recover],
  [2, checkIn],
  [1, read],
];

const KINDS = ['tests', 'build', 'review'];
const SUMMARIES = ['chopped', 'stirred', 'tasted', 'burnt it'];

/** Fails most where others wait for what it holds: then a verdict that pauses shows something. */
function checkIn(cook: Cook, { gossip }: Kitchen): void {
  const { random } = cook;
  const isHurried = isWaitedFor(cook);
  const summary = random.chance(0.6) ? `${cook.name} ${cook.world.agenda.ran}` : random.pick(SUMMARIES);
  const ask = {
    op: 'check_in',
    summary,
    digest: summary,
    complexity: random.chance(0.5) ? random.next() : null,
    confidence: random.chance(0.6) ? random.next() : null,
    outcomes: KINDS.filter(() => random.chance(isHurried ? 0.6 : 0.3)).map((kind) => outcomeOf(cook, kind)),
    plan: random.chance(0.2) ? { goal: 'dinner', task: summary } : null,
    parameters: random.chance(0.2) ? Array.from({ length: 6 }, () => random.next() * 2 - 1) : null,
    dryRun: random.chance(0.05),
  } as const;
  cook.ask(ask, (answer) => {
    if (answer === null || isRejection(answer) || answer.op !== 'check_in' || answer.checkInId === null) return;
    gossip.checkIns.push(answer.checkInId);
    if (gossip.checkIns.length > 20) gossip.checkIns.shift();
  });
}

function checkInWhereWaitedFor(cook: Cook, kitchen: Kitchen): void {
  for (let times = isWaitedFor(cook) ? 2 : 0; times > 0; times -= 1) checkIn(cook, kitchen);
}

function recordOutcome(cook: Cook, { gossip }: Kitchen): void {
  const { random } = cook;
  const checkInId = gossip.checkIns.length === 0 || random.chance(0.05) ? 'c1' : random.pick(gossip.checkIns);
  cook.ask({ op: 'record_outcome', checkInId, ...outcomeOf(cook, random.pick(KINDS)) });
}

function recover(cook: Cook): void {
  cook.ask({ op: 'recover', reflection: 'less salt' });
}

function send(cook: Cook, { cooks, world }: Kitchen): void {
  const { random } = cook;
  const held = [...world.observer.state.leases.rows()];
  const lease = held.length > 0 && random.chance(0.3) ? random.pick(held) : null;
  const other = random.pick(cooks).seat?.agentId ?? '*';
  cook.ask({
    op: 'send_message',
    to: lease?.agentId ?? (random.chance(0.2) ? '*' : other),
    kind: random.pick(['task', 'confirm', 'dismiss', 'info']),
    text: 'behind you',
    replyTo: null,
    resource: lease?.resource ?? null,
  });
}

/** From where reading stands, after what it heard last, or once more from further back; sometimes it waits for something. */
function read(cook: Cook, { world }: Kitchen): void {
  const { random } = cook;
  const agentId = cook.seat?.agentId;
  if (agentId === undefined) return;
  const heard = cook.cursors.get(agentId) ?? 0;
  const how = random.weighted([
    [5, { after: null, seen: heard }],
    [2, { after: null, seen: 0 }],
    [3, { after: heard, seen: 0 }],
    [1, { after: Math.max(0, heard - random.between(1, 200)), seen: heard }],
  ]);
  const { mail } = world.observer;
  const { restarts } = mail;
  const waitMs = random.chance(0.6) ? 0 : random.between(1, 10_000);
  cook.ask({ op: 'read_messages', ...how, limit: random.between(1, 4), waitMs }, (answer) => {
    if (answer === null || isRejection(answer) || answer.op !== 'read_messages' || answer.messages.length === 0) return;
    mail.hear(agentId, how.after, answer, restarts);
    cook.cursors.set(agentId, Math.max(cook.cursors.get(agentId) ?? 0, answer.cursor));
  });
}

function hear(cook: Cook): void {
  cook.ask({ op: 'hear' });
}

function order(cook: Cook, { world }: Kitchen): void {
  const requestId = `order-${cook.name}-${world.agenda.ran}`;
  const by = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;
  const command = wordOfOperator(world.observer.state, { by, requestId, bodyHash: '' }, cook.random);
  if (command === null) return;
  cook.send(command, cook.station, () => undefined);
  // Whoever is not sure that it was heard says it again, by another way perhaps.
  if (cook.random.chance(0.1) && world.stations.length > 0)
    cook.send(command, cook.random.pick(world.stations), () => undefined);
}

function isWaitedFor({ seat, world }: Cook): boolean {
  const { state } = world.observer;
  return Array.from(state.leases.in('session', seat?.sessionId ?? '')).some((lease) => isWanted(state, lease));
}

function outcomeOf(cook: Cook, kind: string): OutcomeFacts {
  return { kind, ok: cook.random.chance(0.4), evidence: '' };
}
