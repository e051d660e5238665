// What an agent does next: drawn from the seed, over few resources, so that agents are in each other's way all the time.

import type { Command, LeaseRef } from '../../../src/core/command.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import { CONDUCT, WHILE_PAUSED } from './conduct-plan.ts';
import type { Again, Call, Cook } from './cook.ts';
import type { Station, World } from './world.ts';

/** Trees, globs, symbols and plain names, most of which meet one another. */
const RESOURCES = [
  'task:stew',
  'task:soup',
  'state:menu',
  'file:@w1/src/',
  'file:@w1/src/a.ts',
  'file:@w1/src/a.ts#parse',
  'file:@w1/src/a.ts#parse.head',
  'file:@w1/src/**/*.ts',
  'file:@w1/docs/b.md',
  'repo:docs/b.md',
] as const;
const KEYS = ['menu', 'count'] as const;
const NAMES = ['ana', 'bo', 'cy', 'di'] as const;

/** What all agents know, as if they had told each other: tokens, offers, versions. */
export interface Gossip {
  readonly leases: LeaseRef[];
  readonly offers: { readonly offer: string; readonly to: string }[];
  readonly versions: Map<string, number>;
  readonly checkIns: string[];
}

export interface Kitchen {
  readonly world: World;
  readonly cooks: readonly Cook[];
  readonly gossip: Gossip;
}

type Deed = (cook: Cook, kitchen: Kitchen) => void;

const DEEDS: readonly (readonly [number, Deed])[] = [
  [30, acquire],
  [8, awaitTicket],
  [14, releaseOne],
  [2, releaseForeign],
  [2, releaseAll],
  [5, renew],
  [6, check],
  [3, withdraw],
  [4, cutOrCancel],
  [5, handOff],
  [7, answerHandoff],
  [9, putState],
  [7, repeatPast],
  [2, attachOwn],
  [2, registerAgain],
  [1, close],
  [1, dryRun],
  [3, goElsewhere],
  [2, revoke],
  [1, view],
  ...CONDUCT,
];

/** Does something, or nothing where it makes no sense now. */
export function act(cook: Cook, kitchen: Kitchen): void {
  if (cook.seat === null) takeSeat(cook, kitchen);
  else cook.random.weighted(cook.isPaused && cook.random.chance(0.5) ? WHILE_PAUSED : DEEDS)(cook, kitchen);
}

function takeSeat(cook: Cook, { cooks }: Kitchen): void {
  if (cook.isRegistering || cook.station.process.isGone) return;
  const { random } = cook;
  // A handle that was shown before resumes its agent; one may also try a name that is taken.
  const other = random.pick(cooks);
  const resume = random.chance(0.1) ? (other.lastHandle ?? null) : cook.lastHandle;
  const agentId = random.chance(0.7) ? random.pick(NAMES) : null;
  cook.register(agentId, random.chance(0.3) && other === cook ? resume : null, random.chance(0.6));
}

function acquire(cook: Cook, { gossip }: Kitchen): void {
  const { random } = cook;
  const resources = [
    ...new Set(
      Array.from(
        {
          length: random.weighted([
            [6, 1],
            [3, 2],
            [1, 3],
          ]),
        },
        () => random.pick(RESOURCES),
      ),
    ),
  ];
  const mode = random.chance(0.7) ? 'exclusive' : 'shared';
  const waitMs = random.weighted([
    [4, 0],
    [3, random.between(1, 3_000)],
    [3, random.between(3_000, 30_000)],
  ]);
  const ttlMs = random.weighted([
    [5, random.between(1_000, 5_000)],
    [5, random.between(5_000, 20_000)],
  ]);
  const priority = random.between(-1, 1);
  cook.ask({ op: 'acquire', resources, mode, waitMs, ttlMs, reason: '', priority }, (answer) => {
    if (answer === null || isRejection(answer) || answer.op !== 'acquire') return;
    for (const { resource, token } of answer.leases) remember(gossip.leases, { resource, token });
  });
}

function awaitTicket(cook: Cook): void {
  const [ticket] = cook.tickets.slice(-1);
  if (ticket === undefined) return;
  const waitMs = cook.random.pick([0, 1_000, 20_000]);
  cook.ask({ op: 'await', ticket, waitMs }, (answer) => {
    const isOver = answer !== null && (isRejection(answer) || (answer.op === 'acquire' && answer.status !== 'queued'));
    if (isOver) cook.tickets = cook.tickets.filter((known) => known !== ticket);
  });
}

function releaseOne(cook: Cook): void {
  const lease = pickHeld(cook);
  if (lease === null) return;
  cook.giveUp(lease);
  cook.ask({ op: 'release', leases: [lease] });
}

function releaseForeign(cook: Cook, { gossip }: Kitchen): void {
  if (gossip.leases.length === 0) return;
  const lease = cook.random.pick(gossip.leases);
  cook.giveUp(lease.token === 0 ? lease : ownOrNobody(cook, lease));
  cook.ask({ op: 'release', leases: [lease] });
}

/** Nothing is given up by asking for what belongs to somebody else. */
function ownOrNobody(cook: Cook, lease: LeaseRef): LeaseRef {
  return cook.held.some(({ token }) => token === lease.token) ? lease : { resource: lease.resource, token: -1 };
}

function releaseAll(cook: Cook): void {
  cook.giveUpAll(Number.POSITIVE_INFINITY);
  const { seat } = cook;
  cook.ask({ op: 'release', leases: 'all' }, (answer) => {
    if (answer !== null && !isUnsure(answer) && cook.seat === seat) settleGivenAll(cook);
  });
}

function renew(cook: Cook): void {
  const lease = pickHeld(cook);
  if (lease === null) return;
  const ttlMs = cook.random.chance(0.5) ? null : cook.random.between(1_000, 20_000);
  cook.ask({ op: 'renew', leases: [{ resource: lease.resource, token: lease.token }], ttlMs });
}

function check(cook: Cook, { gossip }: Kitchen): void {
  const lease =
    cook.random.chance(0.8) || gossip.leases.length === 0 ? pickHeld(cook) : cook.random.pick(gossip.leases);
  if (lease !== null) cook.ask({ op: 'check', resource: lease.resource, token: lease.token });
}

/** While another one is on its way, what is granted meanwhile may be given back by it. */
function settleGivenAll(cook: Cook): void {
  const isAnotherUnderWay = [...cook.calls].some(({ command }) => command.op === 'release' && command.leases === 'all');
  if (!isAnotherUnderWay) cook.giveUpAll();
}

function withdraw(cook: Cook): void {
  const ticket = cook.tickets.pop();
  if (ticket === undefined) return;
  const call = cook.ask({ op: 'withdraw', ticket });
  if (call !== null) cook.giveUpUntilSettled(call, cook.resourcesOf(ticket));
}

function cutOrCancel(cook: Cook): void {
  const waiting = [...cook.calls].filter(({ command, isSettled }) => 'waitMs' in command && !isSettled);
  if (waiting.length === 0) return;
  const call = cook.random.pick(waiting);
  const { command } = call;
  const resources =
    command.op === 'acquire' ? command.resources : command.op === 'await' ? cook.resourcesOf(command.ticket) : [];
  const isCut = cook.random.chance(0.5);
  cook.giveUpUntilSettled(call, resources);
  call.isUnheard = true;
  call.station.process.after(cook.random.between(0, 2), () => (isCut ? call.cut : call.cancelled).abort());
}

function handOff(cook: Cook, { cooks, gossip }: Kitchen): void {
  const lease = pickHeld(cook);
  const to = cook.random.pick(cooks.filter((other) => other !== cook)).seat?.agentId;
  if (lease === null || to === undefined) return;
  // It is the other's from the moment it says so, and nobody asks us then.
  cook.giveUp(lease);
  cook.ask({ op: 'hand_off', resource: lease.resource, token: lease.token, to }, (answer) => {
    if (answer !== null && !isRejection(answer) && answer.op === 'hand_off')
      remember(gossip.offers, { offer: answer.offer, to });
  });
}

function answerHandoff(cook: Cook, { gossip }: Kitchen): void {
  if (gossip.offers.length === 0) return;
  // Mostly one made to it; that of another is refused.
  const mine = gossip.offers.filter(({ to }) => to === cook.seat?.agentId).slice(-2);
  const { offer } = cook.random.pick(mine.length === 0 || cook.random.chance(0.1) ? gossip.offers : mine);
  cook.ask({ op: 'answer_handoff', offer, answer: cook.random.chance(0.8) ? 'accept' : 'decline' });
}

function putState(cook: Cook, { gossip }: Kitchen): void {
  const key = cook.random.pick(KEYS);
  const lease = cook.random.chance(0.3) ? pickHeld(cook) : null;
  const version = gossip.versions.get(key) ?? 0;
  const condition = lease === null ? { ifVersion: version } : { resource: lease.resource, token: lease.token };
  const epochs = cook.world.observer.epochs.length;
  cook.ask({ op: 'put_state', key, value: `${cook.name} ${version}`, condition }, (answer) => {
    if (answer === null) return;
    if (!isRejection(answer) && answer.op === 'put_state') {
      if (answer.version <= version && epochs === cook.world.observer.epochs.length && lease === null)
        cook.world.fail(new Error(`${key}: ${answer.version} was acknowledged after ${version} was known`));
      gossip.versions.set(key, Math.max(gossip.versions.get(key) ?? 0, answer.version));
    } else if (isRejection(answer) && answer.code === 'VERSION_MISMATCH') {
      gossip.versions.set(key, cook.world.observer.state.entries.get(key)?.version ?? 0);
    }
  });
}

/** The reply was lost, or the caller is not sure: the same call again, perhaps by another way. */
function repeatPast(cook: Cook, { world }: Kitchen): void {
  const unanswered = [...cook.calls].filter(({ command }) => command.op !== 'register');
  if (cook.random.chance(0.4) && unanswered.length > 0) {
    const { command, sessionId } = cook.random.pick(unanswered);
    sendAgain(cook, command, anyStation(cook, world), { sessionId });
    return;
  }
  const recent = cook.past.slice(-6).filter(({ sessionId, epochs }) => {
    return sessionId === cook.seat?.sessionId && epochs === world.observer.epochs.length;
  });
  if (recent.length === 0) return;
  const { command, first, sessionId } = cook.random.pick(recent);
  if (REPEATED.has(command.op)) sendAgain(cook, command, anyStation(cook, world), { sessionId, first });
}

/** What had no effect the first time may have one now. */
function sendAgain(cook: Cook, command: Command, station: Station, again: Again): void {
  const isRelease = command.op === 'release';
  const released = isRelease ? command.leases : [];
  if (released === 'all') cook.giveUpAll(Number.POSITIVE_INFINITY);
  else for (const lease of released) cook.giveUp(ownOrNobody(cook, lease));
  const { seat } = cook;
  const call = cook.send(
    command,
    station,
    (answer) => {
      if (isRelease && answer !== null && !isUnsure(answer) && cook.seat === seat) settleGivenAll(cook);
    },
    again,
  );
  if (command.op === 'withdraw') cook.giveUpUntilSettled(call, cook.resourcesOf(command.ticket));
}

const REPEATED: ReadonlySet<string> = new Set([
  'acquire',
  'withdraw',
  'release',
  'renew',
  'hand_off',
  'answer_handoff',
  'put_state',
  'check_in',
  'record_outcome',
  'recover',
  'send_message',
]);

function attachOwn(cook: Cook): void {
  if (cook.attachments.has(cook.process)) return;
  const { process, seat } = cook;
  cook.ask({ op: 'attach', attachment: cook.attachmentOf(process) }, (answer) => {
    if (answer !== null && !isRejection(answer) && cook.seat === seat && seat !== null) cook.attachments.add(process);
  });
}

/** A second session, which this agent prefers from now on; the first one goes on without anybody. */
function registerAgain(cook: Cook, kitchen: Kitchen): void {
  if (!cook.isRegistering) takeSeat(cook, kitchen);
}

function close(cook: Cook): void {
  cook.ask({ op: 'close_session', why: 'done' });
  cook.leave();
}

function dryRun(cook: Cook): void {
  const resources = [cook.random.pick(RESOURCES)];
  const ask = {
    resources,
    mode: 'exclusive',
    waitMs: 1_000,
    ttlMs: 5_000,
    reason: '',
    priority: 0,
    dryRun: true,
  } as const;
  cook.ask({ op: 'acquire', ...ask });
}

function goElsewhere(cook: Cook, { world }: Kitchen): void {
  cook.station = anyStation(cook, world);
}

function revoke(cook: Cook): void {
  const resource = cook.random.pick(RESOURCES);
  const by = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;
  const requestId = `revoke-${cook.name}-${cook.world.agenda.ran}`;
  const command = { op: 'revoke', by, requestId, bodyHash: '', resource, token: null, reason: 'now' } as const;
  cook.send(command, cook.station, () => undefined);
}

function view(cook: Cook, { world }: Kitchen): void {
  const { station } = cook;
  const kind = cook.random.pick(['fleet', 'waits', 'locks', 'agents'] as const);
  station.process.after(1, () => {
    station.coordinator.view({ kind }).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'StoreFault') world.fail(error);
    });
  });
}

function anyStation(cook: Cook, world: World): Station {
  return world.stations.length === 0 ? cook.station : cook.random.pick(world.stations);
}

/** Mostly the newest; sometimes one that has ended long since. */
function pickHeld(cook: Cook): LeaseRef | null {
  const held = cook.held.filter(({ sessionId }) => sessionId === cook.seat?.sessionId);
  if (held.length === 0) return null;
  const { resource, token } = cook.random.chance(0.7)
    ? (held.at(-1) ?? cook.random.pick(held))
    : cook.random.pick(held);
  return { resource, token };
}

function isUnsure(answer: Parameters<Call['onHeard']>[0]): boolean {
  return isRejection(answer) && answer.category === 'unavailable';
}

function remember<T>(known: T[], fresh: T): void {
  known.push(fresh);
  if (known.length > 20) known.shift();
}
