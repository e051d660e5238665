// An agent that behaves as agents do: it takes what it needs, waits or retries, forgets to release, repeats what it got no
// answer to, uses tokens that are long over, freezes in the middle, vanishes without a word and comes back.
//
// It holds a belief in each lease exactly as a reply allows, and gives it up before it asks to give the lease up.

import type { Command, LeaseRef } from '../../src/core/command.ts';
import type { Mode } from '../../src/core/event.ts';
import { safeForMs, toldUntil } from '../../src/core/lease/belief.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer, LeaseFacts, RegisterReply } from '../../src/core/reply.ts';
import { noticesOf } from '../../src/core/session/notices.ts';
import type { Random } from '../support/random.ts';
import type { CallHandle, Spoken } from './light-coordinator.ts';
import { SimConduct } from './sim-conduct.ts';
import type { World } from './world.ts';

interface Lease extends LeaseRef {
  readonly ticket: string | null;
}

interface Session {
  readonly sessionId: string;
  readonly agentId: string;
  handleHash: string;
  readonly leases: Map<number, Lease>;
  readonly over: Lease[];
  readonly tickets: string[];
  /** Tokens and tickets given up: no reply that comes later makes it believe in them again. */
  readonly givenUp: Set<number | string>;
  /** It asked to release everything, or what a ticket brought: what was asked before that was answered may go with it. */
  believesFromMs: number;
  /** How many such calls have no answer yet; a session that was asked to close believes in nothing more. */
  givingUp: number;
  noticesSeen: number;
}

const TTLS = [1_000, 4_000, 30_000, 300_000, 600_000];
const WAITS = [0, 0, 500, 5_000, 25_000, 60_000];
const THINK_MS: readonly (readonly [number, readonly [number, number]])[] = [
  [10, [5, 200]],
  [10, [200, 3_000]],
  [3, [3_000, 30_000]],
  [1, [30_000, 400_000]],
];
const TRIES = 3;

export class SimAgent {
  readonly #world: World;
  readonly #random: Random;
  readonly #name: string;
  readonly #isHttp: boolean;
  readonly #conduct: SimConduct;
  #session: Session | null = null;
  /** The session before, for those who go on with it though it has ended. */
  #lastSession: Session | null = null;
  /** All that this process acts for. */
  readonly #sessions = new Map<string, Session>();
  #incarnation = 1;
  #life = 0;
  #frozenUntilMs = 0;
  #calls: { readonly call: CallHandle; readonly session: Session }[] = [];
  #isGone = false;

  constructor(world: World, random: Random, name: string) {
    this.#world = world;
    this.#random = random;
    this.#name = name;
    this.#isHttp = random.chance(0.15);
    this.#conduct = new SimConduct(world, random.fork(), name);
  }

  get agentName(): string {
    return this.#name;
  }

  start(): void {
    this.#next(this.#random.between(0, 500));
  }

  #next(inMs?: number): void {
    const [least, most] = this.#random.weighted(THINK_MS);
    this.#later(inMs ?? this.#random.between(least, most), () => {
      const nightMs = this.#world.nightLeftMs();
      if (nightMs > 0) {
        this.#next(nightMs + this.#random.between(0, 600_000));
        return;
      }
      if (!this.#world.spendAction()) return;
      this.#act();
      this.#next();
    });
  }

  #act(): void {
    const session = this.#session;
    if (session === null) {
      this.#register();
      return;
    }
    const act = this.#random.weighted<(session: Session) => void>([
      [30, (s) => this.#acquire(s)],
      [14, (s) => this.#release(s)],
      [6, (s) => this.#renew(s)],
      [5, (s) => this.#check(s)],
      [7, (s) => this.#put(s)],
      [5, (s) => this.#awaitTicket(s)],
      [3, (s) => this.#withdraw(s)],
      [4, (s) => this.#handOff(s)],
      [5, (s) => this.#answerHandoff(s)],
      [8, (s) => this.#beginEdit(s)],
      [4, (s) => this.#noteEdit(s)],
      [3, (s) => this.#endTurn(s)],
      [3, (s) => this.#useOldToken(s)],
      [2, () => this.#freeze()],
      [1.5, () => this.#vanish()],
      [1.5, (s) => this.#close(s)],
      [1.5, (s) => this.#secondProcess(s)],
      [1.5, () => this.#drop()],
      [1, (s) => this.#resumeElsewhere(s)],
      [1, () => this.#useEndedSession()],
      [9, (s) => this.#conduct.checkIn(this.#asker(s))],
      [4, (s) => this.#conduct.recordOutcome(this.#asker(s))],
      [this.#conduct.isPaused ? 40 : 1, (s) => this.#conduct.recover(this.#asker(s))],
      [this.#conduct.isPaused ? 30 : 0, (s) => this.#conduct.checkIn(this.#asker(s))],
      [5, (s) => this.#conduct.send(this.#asker(s))],
      [6, (s) => this.#conduct.read(this.#asker(s), s)],
      [1, (s) => this.#askAs(s, { op: 'hear' }, {})],
      [5, (s) => this.#rescue(s)],
    ]);
    act(session);
  }

  #asker(session: Session): (asked: object, options?: { readonly dryRun?: boolean }) => void {
    return (asked, options = {}) => this.#askAs(session, asked, options);
  }

  #register(): void {
    const world = this.#world;
    const before = this.#lastSession;
    const resume = before?.handleHash ?? null;
    const wish = this.#random.weighted<{ agentId: string | null; purpose: string | null }>([
      [5, { agentId: this.#name, purpose: null }],
      [1, { agentId: 'claude_code', purpose: null }],
      [1.5, { agentId: null, purpose: 'rescue' }],
      [1.5, { agentId: null, purpose: null }],
    ]);
    const attachment = this.#isHttp ? null : world.attachmentOf(this.#name, this.#incarnation);
    const asked = {
      op: 'register' as const,
      ...wish,
      client: 'sim',
      user: 'root',
      stamp: '20251119_2325',
      onTaken: this.#random.chance(0.1) ? ('refuse' as const) : ('sibling' as const),
      tags: [],
      notes: '',
      resumeHandleHash: this.#random.chance(0.6) ? resume : null,
      clientSession: this.#isHttp ? this.#name : null,
      transport: this.#isHttp ? ('http' as const) : ('process' as const),
      worktree: 'w1',
      root: '/',
      foldsCase: this.#random.chance(world.foldsCaseChance),
      attachment,
      joinTokenHash: null,
      asPaused: this.#random.chance(0.5),
    };
    const bodyHash = JSON.stringify(asked);
    const freshIds = (): { freshSessionId: string; freshHandleHash: string } => ({
      freshSessionId: world.newId('s'),
      freshHandleHash: world.newId('h'),
    });
    const requestId = world.newId('r');
    let ids = freshIds();
    this.#ask(
      () => {
        ids = freshIds();
        return { ...asked, ...ids, by: { kind: 'system', name: 'seat' }, requestId, bodyHash };
      },
      null,
      ({ answer }) => {
        if (isRejection(answer) || answer.op !== 'register') return;
        // Who is told that the handle stays has it already, or cannot act for the session. The handle it resumed with is
        // that of another session where the registration opened one.
        const known = this.#sessions.get(answer.sessionId) ?? (before?.sessionId === answer.sessionId ? before : null);
        const handleHash = answer.handleAccepted ? ids.freshHandleHash : (known?.handleHash ?? null);
        if (handleHash === null) return;
        this.#session = this.#sessions.get(answer.sessionId) ?? freshSession(answer, handleHash);
        this.#session.handleHash = handleHash;
        this.#sessions.set(answer.sessionId, this.#session);
        this.#lastSession = this.#session;
      },
    );
  }

  #acquire(session: Session): void {
    const world = this.#world;
    const many = this.#random.weighted([
      [6, 1],
      [3, 2],
      [1, 3],
    ]);
    const resources = Array.from({ length: many }, () => this.#random.pick(world.resources));
    const mode: Mode = this.#random.chance(0.3) ? 'shared' : 'exclusive';
    const waitMs = this.#random.pick(WAITS);
    const ttlMs = this.#random.pick(TTLS);
    const priority = this.#random.chance(0.2) ? this.#random.between(-3, 3) : 0;
    const asked = { op: 'acquire' as const, resources, mode, waitMs, ttlMs, reason: '', priority };
    this.#askAs(session, asked, { dryRun: this.#random.chance(0.03) });
    // Nobody keeps an agent from asking the same again in another call at once.
    if (this.#random.chance(0.05)) this.#askAs(session, asked, {});
  }

  #release(session: Session): void {
    const held = [...session.leases.values()];
    if (held.length === 0 && this.#random.chance(0.8)) {
      this.#acquire(session);
      return;
    }
    if (this.#random.chance(0.2)) {
      this.#releaseAll(session);
      return;
    }
    const leases = held.filter(() => this.#random.chance(0.6)).map(refOf);
    if (leases.length === 0) return;
    for (const lease of leases) this.#giveUp(session, lease.token);
    this.#askAs(session, { op: 'release', leases }, {});
  }

  #renew(session: Session): void {
    const leases = [...session.leases.values()].map(refOf);
    if (leases.length === 0) return;
    this.#askAs(session, { op: 'renew', leases, ttlMs: this.#random.chance(0.3) ? this.#random.pick(TTLS) : null }, {});
  }

  #check(session: Session): void {
    const lease = this.#random.chance(0.7) ? [...session.leases.values()][0] : this.#world.anyLease();
    if (lease !== undefined) this.#askAs(session, { op: 'check', resource: lease.resource, token: lease.token }, {});
  }

  #put(session: Session): void {
    const key = this.#random.pick(['k1', 'k2']);
    const lease = this.#random.pick([...session.leases.values(), null]);
    const version = this.#world.versionOf(key) + (this.#random.chance(0.1) ? -1 : 0);
    const condition = lease === null ? { ifVersion: Math.max(0, version) } : refOf(lease);
    this.#askAs(session, { op: 'put_state', key, value: { by: this.#name }, condition }, {});
  }

  #awaitTicket(session: Session): void {
    const ticket = session.tickets.at(-1);
    if (ticket === undefined || session.givenUp.has(ticket)) {
      this.#acquire(session);
      return;
    }
    this.#askAs(session, { op: 'await', ticket, waitMs: this.#random.pick(WAITS) }, {});
  }

  #withdraw(session: Session): void {
    const ticket = session.tickets.length === 0 ? undefined : this.#random.pick(session.tickets);
    if (ticket === undefined) return;
    session.givenUp.add(ticket);
    // Whatever the ticket was granted goes, also what another call of the session renewed since.
    this.#giveUpAll(session);
    this.#askAs(session, { op: 'withdraw', ticket }, {});
  }

  #handOff(session: Session): void {
    const [lease] = session.leases.values();
    if (lease === undefined) return;
    this.#giveUp(session, lease.token, true);
    this.#askAs(session, { op: 'hand_off', ...refOf(lease), to: this.#world.anyAgent() }, {});
  }

  #answerHandoff(session: Session): void {
    const offer = this.#world.offerFor(session.sessionId) ?? this.#world.anyOffer();
    if (offer === null) return;
    this.#askAs(session, { op: 'answer_handoff', offer, answer: this.#random.chance(0.75) ? 'accept' : 'decline' }, {});
  }

  /** Its client's hook asks before an edit of one file, or of several at once. */
  #beginEdit(session: Session): void {
    const many = this.#random.weighted([
      [4, 1],
      [1, 2],
    ]);
    const resources = Array.from({ length: many }, () => this.#random.pick(this.#world.resources));
    this.#askAs(session, { op: 'begin_edit', resources, tool: 'Edit', label: this.#label(), reason: 'edits' }, {});
  }

  /** With a lease or without: hooks tell what happened. */
  #noteEdit(session: Session): void {
    const resources = [this.#random.pick(this.#world.resources)];
    this.#askAs(session, { op: 'note_edits', resources, tool: 'Edit', label: this.#label(), via: 'hook' }, {});
  }

  /** What hooks took goes. It does not know which of its leases these are, and believes in none until it asks again. */
  #endTurn(session: Session): void {
    this.#giveUpAll(session);
    const ofAll = this.#random.chance(0.5) ? { ofAll: true } : {};
    this.#askAs(session, { op: 'end_turn', label: this.#label(), ...ofAll }, {});
  }

  /** Itself, or a sub-agent of it. */
  #label(): string | null {
    return this.#random.chance(0.3) ? 'helper' : null;
  }

  #useOldToken(session: Session): void {
    if (session.over.length === 0) return;
    const lease = refOf(this.#random.pick(session.over));
    const asked = this.#random.pick<object>([
      { op: 'release', leases: [lease] },
      { op: 'renew', leases: [lease], ttlMs: null },
      { op: 'put_state', key: 'k1', value: 'old', condition: lease },
      { op: 'hand_off', ...lease, to: this.#world.anyAgent() },
    ]);
    this.#askAs(session, asked, {});
  }

  /** Acts on what is wrong now, or on what somebody read a while ago. */
  #rescue(session: Session): void {
    const rescue = this.#world.anyRescue();
    if (rescue === null) return;
    const asked = { op: 'rescue' as const, ...rescue, reason: 'it stands in the way', seen: this.#world.seen() };
    this.#askAs(session, asked, { dryRun: this.#random.chance(0.1) });
  }

  /** Stopped in the middle of whatever it does, perhaps longer than its leases live; believes on meanwhile. */
  #freeze(): void {
    this.#world.coverage.count('fault', 'agent frozen');
    this.#frozenUntilMs = this.#world.timeline.nowMs + this.#random.pick([500, 5_000, 40_000, 500_000]);
  }

  /** Its process is gone without a word; perhaps another one of the same agent comes. */
  #vanish(): void {
    this.#world.coverage.count('fault', 'agent vanished');
    this.#life += 1;
    this.#calls = [];
    for (const sessionId of this.#sessions.keys()) this.#world.beliefs.forgetSession(sessionId);
    this.#sessions.clear();
    if (!this.#isHttp) this.#world.processDied(this.#world.attachmentOf(this.#name, this.#incarnation).attachmentId);
    this.#incarnation += 1;
    this.#lastSession = this.#session ?? this.#lastSession;
    this.#session = null;
    this.#isGone = this.#random.chance(0.3) && this.#world.mayGo();
    if (!this.#isGone) this.#next(this.#random.between(10, 60_000));
  }

  #close(session: Session): void {
    this.#world.beliefs.forgetSession(session.sessionId);
    session.givingUp += 1;
    this.#askAs(session, { op: 'close_session', why: 'done' }, {});
    this.#lastSession = session;
    this.#session = null;
  }

  #secondProcess(session: Session): void {
    if (this.#isHttp) return;
    const second = this.#world.attachmentOf(`${this.#name}-second`, this.#random.between(1, 2));
    if (this.#random.chance(0.6)) this.#askAs(session, { op: 'attach', attachment: second }, {});
    else this.#world.leaves(session.sessionId, second.attachmentId);
  }

  /** A stream is cut, or a call cancelled in so many words. */
  #drop(): void {
    const last = this.#calls.pop();
    if (last === undefined) return;
    if (this.#random.chance(0.5)) {
      last.call.cut();
      return;
    }
    // Nobody tells it what that gave up, another call of the same ticket perhaps.
    this.#giveUpAll(last.session);
    last.call.cancel();
  }

  /** The same session again, shown by its handle, as a second process of its client would. */
  #resumeElsewhere(session: Session): void {
    this.#lastSession = session;
    this.#register();
  }

  #useEndedSession(): void {
    const last = this.#lastSession;
    if (last === null || last === this.#session) return;
    this.#releaseAll(last);
  }

  #releaseAll(session: Session): void {
    this.#giveUpAll(session);
    this.#askAs(session, { op: 'release', leases: 'all' }, {});
  }

  /** Until that is answered nothing is believed: it may still release what is granted meanwhile. */
  #giveUpAll(session: Session): void {
    for (const lease of Array.from(session.leases.values())) this.#giveUp(session, lease.token);
    session.givingUp += 1;
  }

  /** Gives a lease up in its own mind, which comes before it asks. A holder that offers a lease still counts it as its own. */
  #giveUp(session: Session, token: number, isOffer = false): void {
    this.#world.beliefs.forget(token);
    session.givenUp.add(token);
    const lease = session.leases.get(token);
    if (lease !== undefined && session.over.push(lease) > 10) session.over.shift();
    if (!isOffer) session.leases.delete(token);
  }

  #askAs(session: Session, asked: object, options: { readonly dryRun?: boolean }): void {
    const requestId = this.#world.newId('r');
    const bodyHash = JSON.stringify(asked);
    const isDry = options.dryRun === true;
    this.#ask(
      () => {
        const by = { kind: 'session', handleHash: session.handleHash, noticesSeen: session.noticesSeen } as const;
        return { ...asked, by, requestId, bodyHash, ...(isDry ? { dryRun: true } : {}) } as unknown as Command;
      },
      session,
      (spoken, sentMs) => {
        if (!isDry) this.#hear(session, asked as { op: string }, spoken, sentMs);
      },
    );
  }

  /** Sends, and sends the same again while nobody answers, to whichever coordinator is there. */
  #ask(
    make: () => Command,
    session: Session | null,
    hear: (spoken: Spoken, sentMs: number) => void,
    tries = 1,
    told = { isAnswered: false },
  ): void {
    const { timeline, coverage } = this.#world;
    const command = make();
    const sentMs = timeline.nowMs;
    let call: CallHandle | null = null;
    const life = this.#life;
    const waitMs = 'waitMs' in command ? command.waitMs : 0;
    timeline.after(this.#random.between(0, 20), () => {
      const coordinator = this.#world.anyCoordinator();
      if (coordinator === null || this.#random.chance(0.02)) return;
      call = coordinator.submit(command, (spoken) => {
        if (this.#random.chance(0.03)) {
          coverage.count('fault', 'reply to an agent lost');
          return;
        }
        timeline.after(this.#random.between(0, 20), () =>
          this.#whenAwake(life, () => {
            // The first answer is the answer, to whichever try.
            if (told.isAnswered) return;
            told.isAnswered = true;
            hear(spoken, sentMs);
          }),
        );
      });
      if (session !== null && waitMs > 0 && life === this.#life) this.#calls.push({ call, session });
    });
    this.#later(waitMs + this.#random.between(500, 6_000), () => {
      if (told.isAnswered || tries >= TRIES || this.#random.chance(0.2)) return;
      coverage.count('fault', 'request repeated');
      this.#ask(make, session, hear, tries + 1, told);
    });
  }

  #hear(
    session: Session,
    asked: { readonly op: string },
    { answer, at, waitedMs, state }: Spoken,
    sentMs: number,
  ): void {
    for (const notice of noticesOf(state, session.sessionId, session.noticesSeen)) {
      session.noticesSeen = Math.max(session.noticesSeen, notice.seq);
      if (notice.kind === 'paused' || notice.kind === 'resumed') this.#conduct.isPaused = notice.kind === 'paused';
      if (notice.kind === 'lease_ended' && notice.token !== undefined) this.#giveUp(session, notice.token);
    }
    const gaveUpAll =
      asked.op === 'withdraw' ||
      asked.op === 'end_turn' ||
      (asked.op === 'release' && 'leases' in asked && asked.leases === 'all');
    if (gaveUpAll) {
      session.givingUp -= 1;
      session.believesFromMs = this.#world.timeline.nowMs;
    }
    this.#conduct.hear(asked, answer, session);
    if (isRejection(answer)) {
      this.#hearRefusal(session, asked, answer.code);
      return;
    }
    for (const lease of leasesIn(answer)) {
      const isOwn = answer.op !== 'check' || (answer.op === 'check' && answer.holder?.sessionId === session.sessionId);
      const ticket = answer.op === 'acquire' ? answer.ticket : null;
      if (!isOwn || session.givenUp.has(lease.token) || (ticket !== null && session.givenUp.has(ticket))) continue;
      session.leases.set(lease.token, { resource: lease.resource, token: lease.token, ticket });
      if (session.givingUp > 0 || sentMs < session.believesFromMs) continue;
      const held = state.leases.get(String(lease.token));
      const end = Math.min(lease.expiresAt, held === undefined ? at : toldUntil(state, held));
      const untilMs = sentMs + waitedMs + safeForMs(end, at, null);
      const { resource, mode, token } = lease;
      this.#world.beliefs.believe(
        { sessionId: session.sessionId, resource, mode, token, untilMs },
        this.#world.timeline.nowMs,
      );
    }
    if (answer.op === 'acquire') {
      if (answer.ticket !== null && session.tickets.push(answer.ticket) > 5) session.tickets.shift();
      for (const refused of answer.refused) this.#giveUp(session, refused.token);
    }
  }

  #hearRefusal(session: Session, asked: { readonly op: string }, code: string): void {
    if (code === 'CREDENTIAL_WRONG' && session === this.#session) {
      this.#world.beliefs.forgetSession(session.sessionId);
      this.#session = null;
      this.#lastSession = session;
    }
    if (code !== 'TOKEN_STALE') return;
    const leases = 'leases' in asked ? (asked.leases as readonly LeaseRef[] | 'all') : [];
    if (leases !== 'all') for (const { token } of leases) this.#giveUp(session, token);
  }

  #later(ms: number, run: () => void): void {
    const life = this.#life;
    this.#world.timeline.after(ms, () => this.#whenAwake(life, run));
  }

  /** A frozen agent does it when it wakes, a dead one never. */
  #whenAwake(life: number, run: () => void): void {
    const { timeline } = this.#world;
    if (life !== this.#life || this.#isGone) return;
    const leftMs = this.#frozenUntilMs - timeline.nowMs;
    if (leftMs > 0) timeline.after(leftMs, () => this.#whenAwake(life, run));
    else run();
  }
}

function freshSession({ sessionId, agentId }: RegisterReply, handleHash: string): Session {
  return {
    sessionId,
    agentId,
    handleHash,
    leases: new Map(),
    over: [],
    tickets: [],
    givenUp: new Set(),
    believesFromMs: 0,
    givingUp: 0,
    noticesSeen: 0,
  };
}

function leasesIn(answer: Exclude<Answer, { code: string }>): readonly LeaseFacts[] {
  if (answer.op === 'acquire') return answer.leases;
  if (answer.op === 'check' || answer.op === 'answer_handoff') return answer.lease === null ? [] : [answer.lease];
  return [];
}

function refOf({ resource, token }: LeaseRef): LeaseRef {
  return { resource, token };
}
