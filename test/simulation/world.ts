// A simulated fleet: agents, coordinators, one log, one thread, one seed. Everything that is random comes from the seed, and
// every event is looked at by the witness, the judge and the keeper of beliefs.

import type { Command } from '../../src/core/command.ts';
import { diagnose } from '../../src/core/diagnosis/diagnose.ts';
import type { Finding } from '../../src/core/diagnosis/finding.ts';
import { nextDeadline, settleDeadlines } from '../../src/core/due.ts';
import type { Attachment, FleetEvent } from '../../src/core/event.ts';
import { epochStarted, restAfterLoss } from '../../src/core/fleet/epoch.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { presenceSeen, type SeenSession } from '../../src/core/rescue/seen.ts';
import type { LeaseRow } from '../../src/core/rows.ts';
import { type Random, randomOf } from '../support/random.ts';
import { BrokenPromise } from '../support/witness.ts';
import { type AskedRescue, askedRescue } from './asked-rescue.ts';
import { Beliefs } from './beliefs.ts';
import { Coverage } from './coverage.ts';
import { LightCoordinator, systemHead } from './light-coordinator.ts';
import { type OperatorHead, wordOfOperator } from './operator.ts';
import { type LogBatch, SharedLog } from './shared-log.ts';
import { SimAgent } from './sim-agent.ts';
import { strictPolicy } from './sim-policy.ts';
import { Timeline } from './timeline.ts';

const ACTIONS = 250;
const EVENTS_MOST = 60_000;
const FINDINGS = 20;
const DAY_MS = 86_400_000;
/** Long enough to be archived for silence. */
const NIGHT_MS = 3 * 3_600_000;

const RESOURCES = [
  'file:@w1/a.ts',
  'file:@w1/A.ts',
  'file:@w1/src/',
  'file:@w1/src/x.ts',
  'file:@w1/src/x.ts#parse',
  'file:@w1/**/*.ts',
  'repo:src/x.ts',
  'state:k1',
  'state:k2',
  'task:t',
  'task:u',
  'port:1',
];

export class World {
  readonly timeline = new Timeline();
  readonly coverage = new Coverage();
  readonly beliefs = new Beliefs();
  readonly resources: readonly string[];
  readonly foldsCaseChance: number;
  readonly #random: Random;
  readonly #log: SharedLog;
  readonly #coordinators: readonly LightCoordinator[];
  readonly #agents: readonly SimAgent[];
  #actionsLeft = ACTIONS;
  /** When so many actions are left everybody goes home for some hours. */
  #nightAt: number | null;
  #nightUntilMs = 0;
  #ids = 0;
  #here: number;
  #epoch = 0;
  readonly #dead = new Set<string>();
  /** Findings that somebody may have read. */
  readonly #findings: Finding[] = [];

  /** What the log holds, for recordings. */
  get batches(): readonly LogBatch[] {
    return this.#log.batches;
  }

  constructor(seed: number) {
    this.#random = randomOf(seed);
    const random = this.#random;
    const { timeline, coverage, beliefs } = this;
    this.#log = new SharedLog({ coverage, beliefs, nowMs: () => timeline.nowMs });
    this.foldsCaseChance = random.chance(0.2) ? 0.1 : 0;
    const shuffled = RESOURCES.map((resource) => ({ resource, order: random.next() })).toSorted(
      (a, b) => a.order - b.order,
    );
    this.resources = shuffled.slice(0, random.between(2, 7)).map(({ resource }) => resource);
    const newId = (prefix: string): string => this.newId(prefix);
    const policy = random.chance(0.7) ? strictPolicy(random) : null;
    this.#nightAt = random.chance(0.3) ? random.between(10, ACTIONS - 10) : null;
    this.#coordinators = Array.from({ length: random.between(1, 4) }, (_, i) => {
      const parts = { name: `c${i}`, timeline, log: this.#log, random: random.fork(), coverage, policy, newId };
      return new LightCoordinator(parts);
    });
    this.#agents = Array.from(
      { length: random.between(2, 7) },
      (_, i) => new SimAgent(this, random.fork(), `agent-${'abcdefgh'[i]}`),
    );
    this.#here = this.#agents.length;
  }

  /** Plays the seed to its end. Throws when a promise is broken. */
  run(): Coverage {
    for (const coordinator of this.#coordinators) coordinator.start();
    for (const agent of this.#agents) agent.start();
    this.#trouble();
    this.#authority();
    this.#go(() => this.#actionsLeft === 0);
    this.#calm();
    return this.coverage;
  }

  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids}`;
  }

  /** False when the seed has had its share of doing: from then on everybody only waits for answers. */
  spendAction(): boolean {
    if (this.#actionsLeft === 0) return false;
    this.#actionsLeft -= 1;
    if (this.#actionsLeft === this.#nightAt) {
      this.coverage.count('fault', 'night');
      this.#nightUntilMs = this.timeline.nowMs + NIGHT_MS;
    }
    return true;
  }

  /** How long nobody does anything now; 0 by day. */
  nightLeftMs(): number {
    return Math.max(0, this.#nightUntilMs - this.timeline.nowMs);
  }

  /** What readers were shown is held against what was sent. */
  get mail(): SharedLog['mail'] {
    return this.#log.mail;
  }

  /** True for whoever may go for good: somebody stays to the end. */
  mayGo(): boolean {
    this.#here -= this.#here > 1 ? 1 : 0;
    return this.#here > 1;
  }

  anyCoordinator(): LightCoordinator | null {
    const up = this.#coordinators.filter((coordinator) => coordinator.isUp);
    return up.length === 0 ? null : this.#random.pick(up);
  }

  /** Somebody to hand something to: most often one that is here. */
  anyAgent(): string {
    const here = [...this.#log.state.sessions.in('live', 'live')];
    if (here.length === 0 || this.#random.chance(0.2)) return this.#random.pick(this.#agents).agentName;
    return this.#random.pick(here).agentId;
  }

  attachmentOf(name: string, incarnation: number): Attachment {
    const id = `${name}-${incarnation}`;
    return { attachmentId: id, placeId: 'place-1', pid: 1, startTime: id, kind: 'mcp' };
  }

  anyLease(): { readonly resource: string; readonly token: number } | undefined {
    return [...this.#log.state.leases.rows()][0];
  }

  /** Somebody's lease, for whoever asks for it. */
  anyHeld(): LeaseRow | undefined {
    const held = [...this.#log.state.leases.rows()];
    return held.length === 0 ? undefined : this.#random.pick(held);
  }

  anyCheckIn(): string | undefined {
    const recent = [...this.#log.state.checkIns.rows()].slice(-10);
    return recent.length === 0 ? undefined : this.#random.pick(recent).checkInId;
  }

  versionOf(key: string): number {
    return this.#log.state.entries.get(key)?.version ?? 0;
  }

  offerFor(sessionId: string): string | null {
    const agentId = this.#log.state.sessions.get(sessionId)?.agentId ?? '';
    return [...this.#log.state.handoffs.in('to', agentId)][0]?.offer ?? null;
  }

  anyOffer(): string | null {
    return [...this.#log.state.handoffs.rows()][0]?.offer ?? null;
  }

  /** Something that is wrong now, or was a while ago; null where nothing ever was. */
  anyRescue(): AskedRescue | null {
    const { state } = this.#log;
    const presence = presenceSeen(state, this.seen());
    const own = { store: null, desk: null };
    const found = diagnose({ state, at: Math.floor(this.timeline.nowMs), presence, own }, null).findings;
    for (const finding of found) {
      this.coverage.count('case', `found ${finding.code}`);
      this.#findings.push(finding);
    }
    if (this.#findings.length > FINDINGS) this.#findings.splice(0, this.#findings.length - FINDINGS);
    const standing = found.filter(({ action, others }) => action !== null || others.length > 0);
    if (standing.length > 0 && this.#random.chance(0.7)) return askedRescue(this.#random.pick(standing), this.#random);
    return this.#findings.length === 0 ? null : askedRescue(this.#random.pick(this.#findings), this.#random);
  }

  /** What a coordinator of the one place sees of every process. */
  seen(): readonly SeenSession[] {
    return [...this.#log.state.sessions.in('live', 'live')].map(({ sessionId, attachments }) => {
      const ids = attachments.map(({ attachmentId }) => attachmentId);
      const gone = ids.filter((id) => this.#dead.has(id));
      const presence = ids.length === 0 ? 'unknown' : gone.length === ids.length ? 'gone' : 'alive';
      const dead = gone.map((attachmentId) => ({ attachmentId, evidence: 'gone' }));
      return { sessionId, presence, attachmentIds: ids, dead };
    });
  }

  /** Sooner or later somebody of its place finds it dead, and two may find it at once. */
  processDied(attachmentId: string): void {
    this.#dead.add(attachmentId);
    this.timeline.after(this.#random.between(0, 1_500), () => this.#survey(attachmentId, 'dead', 20));
    if (this.#random.chance(0.3))
      this.timeline.after(this.#random.between(0, 1_500), () => this.#survey(attachmentId, 'dead', 1));
  }

  leaves(sessionId: string, attachmentId: string): void {
    const command = {
      ...systemHead(this.newId('sys')),
      op: 'detach',
      sessionId,
      attachmentId,
      cause: 'exit',
      evidence: 'it left',
    } as const;
    this.anyCoordinator()?.submit(command, () => undefined);
  }

  #survey(attachmentId: string, cause: 'dead', tries: number): void {
    const found = [...this.#log.state.sessions.rows()].filter(
      (row) => row.state === 'live' && row.attachments.some((each) => each.attachmentId === attachmentId),
    );
    for (const { sessionId } of found) {
      const command = {
        ...systemHead(this.newId('sys')),
        op: 'detach',
        sessionId,
        attachmentId,
        cause,
        evidence: 'gone',
      } as const;
      this.anyCoordinator()?.submit(command, () => undefined);
    }
    // A registration on its way may bring the dead process in after the fact.
    if (tries > 0) this.timeline.after(2_000, () => this.#survey(attachmentId, cause, tries - 1));
  }

  /** What befalls coordinators and the log. */
  #trouble(): void {
    const random = this.#random.fork();
    const next = (): void =>
      this.timeline.after(this.nightLeftMs() + random.between(200, 20_000), () => {
        if (this.#actionsLeft === 0) return;
        const coordinator = random.pick(this.#coordinators);
        const befall = random.weighted<() => void>([
          [3, () => this.#crash(coordinator, random)],
          [3, () => this.#stall(coordinator, random)],
          [3, () => coordinator.isUp && this.#saveImage(coordinator, random)],
          [0.15, () => this.#loseLog(random)],
        ]);
        befall();
        next();
      });
    next();
  }

  #crash(coordinator: LightCoordinator, random: Random): void {
    if (!coordinator.isUp) return;
    this.coverage.count('fault', 'coordinator crashed');
    coordinator.crash();
    // Whoever calms the fleet at the end may have started it before.
    this.timeline.after(random.between(0, 10_000), () => {
      if (!coordinator.isUp) coordinator.start();
    });
  }

  #stall(coordinator: LightCoordinator, random: Random): void {
    this.coverage.count('fault', 'coordinator stalled');
    coordinator.stall(random.pick([50, 2_000, 30_000, 200_000]));
  }

  #saveImage(coordinator: LightCoordinator, random: Random): void {
    const isTorn = random.chance(0.3);
    this.coverage.count('fault', isTorn ? 'image torn' : 'image saved');
    coordinator.saveImage(isTorn);
  }

  /** The folder is deleted. Whoever knows most starts a new epoch; if that is not everything, granting rests first. */
  #loseLog(random: Random): void {
    const up = this.#coordinators.filter((coordinator) => coordinator.isUp);
    const starter = up.length === 0 ? undefined : random.pick(up);
    if (starter === undefined || starter.state.fleet === null) return;
    this.coverage.count('fault', 'log lost');
    const lostSeq = this.#log.headSeq;
    const basis = starter.state.position;
    const at = Math.max(basis.at, Math.floor(this.timeline.nowMs));
    const moment = { at, wallAt: basis.wallAt };
    this.#epoch += 1;
    const start = epochStarted(
      starter.state,
      {
        fleetId: 'f1',
        epoch: this.#epoch,
        lost: { epoch: this.#epoch - 1, seq: lostSeq, hash: '' },
        basis: { epoch: basis.epoch, seq: basis.seq, hash: '' },
        why: 'deleted',
        requestId: this.newId('sys'),
      },
      moment,
    );
    const rest = {
      epoch: this.#epoch,
      until: at + LIMITS.beliefMaxMs,
      why: 'the log was lost',
      requestId: this.newId('sys'),
    };
    const rests = basis.seq >= lostSeq ? [] : restAfterLoss(starter.state, rest, moment);
    this.#log.wipe();
    this.#log.append(0, this.newId('b'), JSON.parse(JSON.stringify([start, ...rests])) as FleetEvent[]);
    for (const coordinator of up) coordinator.reopen();
  }

  /** What operators do. */
  #authority(): void {
    const random = this.#random.fork();
    const by = { kind: 'operator', name: 'root', proof: 'terminal' } as const;
    const next = (): void =>
      this.timeline.after(this.nightLeftMs() + random.between(500, 30_000), () => {
        if (this.#actionsLeft === 0) return;
        this.#order({ by, requestId: this.newId('r'), bodyHash: '' }, random);
        next();
      });
    next();
  }

  #order(head: OperatorHead, random: Random): void {
    const lease = this.anyLease();
    const asked = random.chance(0.3) ? this.anyRescue() : null;
    const say = random.weighted<() => Command | null>([
      [
        3,
        () => {
          const token = lease !== undefined && random.chance(0.5) ? lease.token : null;
          return lease === undefined
            ? null
            : { ...head, op: 'revoke', resource: lease.resource, token, reason: 'needed' };
        },
      ],
      [0.3, () => ({ ...head, op: 'set_token', kind: 'operator', tokenHash: this.newId('h') })],
      [
        0.2,
        () => ({
          ...systemHead(head.requestId),
          op: 'report_break',
          invariant: 'made_up',
          detail: 'by the simulation',
        }),
      ],
      [1, () => this.#resumeShown(head, 'looked')],
      [0.5, () => ({ ...systemHead(head.requestId), op: 'mark_drill', label: '23:25', note: '' })],
      [10, () => wordOfOperator(this.#log.state, head, random)],
      [2, () => ({ ...systemHead(head.requestId), op: 'watch' })],
      [
        asked === null ? 0 : 10,
        () =>
          asked === null ? null : { ...head, op: 'rescue', ...asked, reason: 'so that they go on', seen: this.seen() },
      ],
    ])();
    // A rest after a loss is not ended early: the operator of this simulation knows that beliefs are about.
    const isResting = this.#log.state.fleet?.suspended?.code === 'STORE_REGRESSED';
    if (say === null || (say.op === 'resume_granting' && isResting)) return;
    const isRepeated = random.chance(0.1);
    this.anyCoordinator()?.submit(say, () => undefined);
    // Whoever got no answer says it again, when others may have spoken since.
    if (isRepeated)
      this.timeline.after(random.between(100, 20_000), () => this.anyCoordinator()?.submit(say, () => undefined));
  }

  /** The word about the rest that stands in the log now: where a stall holds it up, it must not end another one. */
  #resumeShown(head: OperatorHead, reason: string): Command {
    const { epoch = 0, suspended = null } = this.#log.state.fleet ?? {};
    const rest = suspended === null ? null : { epoch, code: suspended.code, why: suspended.why };
    return { ...head, op: 'resume_granting', reason, rest };
  }

  #go(isOver: () => boolean): void {
    let ran = 0;
    while (!isOver()) {
      const more = this.timeline.run(Number.POSITIVE_INFINITY, 50);
      ran += more;
      if (more === 0) return;
      if (ran > EVENTS_MOST) throw new BrokenPromise('comes to rest', `${ran} events and no end`);
    }
  }

  /** Nobody asks for anything more. Whoever waits is served or gives up, every lease ends, and nothing is left over. */
  #calm(): void {
    for (const coordinator of this.#coordinators) if (!coordinator.isUp) coordinator.start();
    const by = { kind: 'operator', name: 'root', proof: 'terminal' } as const;
    this.timeline.run(this.timeline.nowMs + 300_000, EVENTS_MOST);
    const head = { by, requestId: this.newId('r'), bodyHash: '' };
    this.anyCoordinator()?.submit(this.#resumeShown(head, 'the end'), () => undefined);
    const ran = this.timeline.run(this.timeline.nowMs + 2 * DAY_MS, EVENTS_MOST);
    if (ran >= EVENTS_MOST) throw new BrokenPromise('comes to rest', `${ran} events and no end`);
    this.#log.verify();
    const { state } = this.#log;
    const left = (['leases', 'tickets', 'handoffs', 'lines'] as const).filter((name) => state[name].size > 0);
    if (left.length > 0)
      throw new BrokenPromise(
        'nothing strands',
        `${left.join(' and ')} are left: ${JSON.stringify(left.map((name) => [...state[name].rows()]))}`,
      );
    const silent = [...state.sessions.rows()].filter((row) => row.state === 'live' && row.transport === 'http');
    if (silent.length > 0)
      throw new BrokenPromise('nothing strands', `silent sessions: ${silent.map((row) => row.sessionId).join(' ')}`);
    settleDeadlines(state, state.position.at);
    const due = nextDeadline(state);
    if (due !== null && due < state.position.at)
      throw new BrokenPromise('nothing strands', `something is due since ${due}`);
  }
}
