// One round: agents at work, something befalls them at a moment that the seed has chosen and ends at another one, they come to
// rest, and everything that they heard is judged, with the log and with what coordinators show.

import type { FleetEvent } from '../../src/core/event.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { type Random, randomOf } from '../support/random.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Shown, shownAndFolded } from './check/at-rest.ts';
import { type Judged, judge } from './check/judge.ts';
import type { FaultLog } from './fault-log.ts';
import { type Fault, type Hit, KINDS } from './faults.ts';
import { Hand } from './hand.ts';
import { PostGone, type Seat, type Station } from './post.ts';
import { Stage } from './stage.ts';
import { resourcesOf, type Shift, type Workload, work } from './workloads.ts';

/** The fleet that a round is played in. */
export interface Stageable {
  readonly log: FaultLog;
  readonly posts: readonly Station[];
  /** A name that no other round in it has. */
  nextRound(): string;
  /** Those at which agents begin to work. */
  firstPosts(): readonly Station[];
  /** It can still decide: it is no older version that the log has left behind. */
  isAble(post: Station): boolean;
  begin(fault: Fault, what: Befalling): Promise<Hit>;
}

/** What a fault may look at and do. */
export interface Befalling {
  readonly stage: Stage;
  readonly random: Random;
  /** Who sits where. */
  readonly seated: ReadonlyMap<string, Station>;
  /** Agents at posts that had none so far begin to work. */
  readonly recruit: (posts: readonly Station[]) => Promise<void>;
}

export interface RoundReport extends Judged {
  /** What befell it, in words. */
  readonly what: string;
  /** It was felt. */
  readonly bit: boolean;
  /** All that was judged, where something is wrong. */
  readonly evidence: { readonly history: unknown; readonly events: readonly FleetEvent[] } | null;
}

const AGENTS_PER_POST = 2;
const WAITS_MS = [0, 0, 150, 600, 2_000] as const;
/** Whoever stands still in line is granted its turn, and not offered it for the 30 s in which it might come back. */
const PATIENT_MS = [0, 10_000] as const;
/** Two who stand still may be offered their turn, one after the other, for 30 s each. */
const PROBE_MS = 100_000;
const REST_MS = 30_000;
const SHOWN_MS = 20_000;
/** Longer than any answer of a round takes, to stop a hang. */
const ROUND_MS = 150_000;
/** No call of a round without a fault takes as long. */
const SLOW_MS = 100;

export class Round {
  readonly #kitchen: Stageable;
  readonly #fault: Fault;
  readonly #workload: Workload;
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #hands: Hand[] = [];
  readonly #seated = new Map<string, Station>();
  readonly #working: Promise<void>[] = [];
  readonly #events: FleetEvent[] = [];
  #shift: Shift | null = null;

  constructor(kitchen: Stageable, fault: Fault, workload: Workload, seed: number) {
    this.#kitchen = kitchen;
    this.#fault = fault;
    this.#workload = workload;
    this.#random = randomOf(seed);
    const { lossChance = 0, doubleChance = 0 } = KINDS[fault];
    const isPatient = fault === 'stopped' && this.#random.chance(0.9);
    const waitsMs = isPatient ? PATIENT_MS : WAITS_MS;
    this.#stage = new Stage({ round: kitchen.nextRound(), lossChance, doubleChance, waitsMs });
  }

  async play(): Promise<RoundReport> {
    const { log } = this.#kitchen;
    await log.read();
    const beganAfter = log.seq;
    await this.#recruit(this.#kitchen.firstPosts());
    const hit = await this.#befall();
    await this.#comeToRest(hit);
    await this.#expectShown();
    const judged = judge(this.#stage.history, this.#events, beganAfter);
    const problems = [...this.#stage.problems, ...this.#livingLost(), ...judged.problems];
    const history = { ...this.#stage.history, sessions: Object.fromEntries(this.#stage.sessions) };
    const evidence = problems.length === 0 ? null : { history, events: this.#events };
    return { ...judged, problems, what: hit.what, bit: this.#bit(judged), evidence };
  }

  /** Two agents at each of these posts, at work at once. */
  async #recruit(posts: readonly Station[]): Promise<void> {
    const { round } = this.#stage;
    const resourceOf = (what: string): string => `task:${round}-${what}`;
    const hands: Hand[] = [];
    for (const post of posts) {
      for (let i = 0; i < AGENTS_PER_POST; i += 1) hands.push(await this.#seat(post, `${round}-${post.name}-${i}`));
    }
    this.#hands.push(...hands);
    const operator = this.#handAt(posts[0] as Station, `operator-${round}-${this.#working.length}`, null);
    this.#shift ??= { hands, operator, nameOf: resourceOf };
    const working = work(this.#workload, { ...this.#shift, hands, operator });
    this.#working.push(working.catch((error: unknown) => void this.#stage.problems.push(`broke: ${String(error)}`)));
  }

  async #seat(post: Station, name: string): Promise<Hand> {
    const seat = await post.seat(name);
    this.#seated.set(seat.agentId, post);
    return this.#handAt(post, seat.agentId, seat);
  }

  #handAt(post: Station, name: string, seat: Seat | null): Hand {
    const neighbours = this.#kitchen.posts.filter(({ place }) => place === post.place);
    return new Hand({ stage: this.#stage, random: this.#random.fork(), post, neighbours, seat, name });
  }

  /** From the beginning of the work to its end; what befell it meanwhile. */
  async #befall(): Promise<Hit> {
    const stage = this.#stage;
    const random = this.#random;
    const { lastsMs } = KINDS[this.#fault];
    await stage.spend(random.between(150, 500));
    const recruit = (posts: readonly Station[]): Promise<void> => this.#recruit(posts);
    const hit = await this.#kitchen.begin(this.#fault, { stage, random, seated: this.#seated, recruit });
    await stage.spend(random.between(...lastsMs));
    if (hit.outlastsWork !== true) await hit.end();
    await stage.spend(random.between(200, 500));
    stage.isOver = true;
    return hit;
  }

  /** Everybody ends what it began, others can have everything, and nothing is left. */
  async #comeToRest(hit: Hit): Promise<void> {
    if (hit.outlastsWork === true) {
      // Where an operator pauses agents it may be the one who stands still, and a pause binds the others of its process.
      if (this.#workload !== 'governed') await this.#probe(this.#able().filter((post) => !post.isStopped));
      await hit.end();
    }
    await before(ROUND_MS, 'the end of all work', Promise.all(this.#working));
    await Promise.all(this.#hands.map((hand) => hand.leave()));
    if (this.#workload === 'governed') await this.#resumeAll();
    await this.#probe(this.#able());
    await this.#logRests();
  }

  /** An operator that died may have left agents paused, and a pause binds the others of their processes. */
  async #resumeAll(): Promise<void> {
    const [post] = this.#able();
    if (post === undefined) return;
    const operator = this.#handAt(post, `operator-${this.#stage.round}-last`, null);
    for (const agentId of this.#seated.keys())
      await operator.ask({ op: 'resume', agentId, reason: 'the round is over' });
  }

  /** Posts that can still decide. */
  #able(): readonly Station[] {
    return this.#kitchen.posts.filter((post) => !post.isOver && this.#kitchen.isAble(post));
  }

  /** Somebody new on each host is granted everything, one after the other. */
  async #probe(posts: readonly Station[]): Promise<void> {
    const byHost = new Map(posts.map((post) => [post.place, post]));
    for (const post of byHost.values()) {
      const hand = await this.#seat(post, `${this.#stage.round}-probe-${post.name}-${this.#seated.size}`);
      const resources = resourcesOf(this.#workload, this.#shift as Shift);
      const sentMs = performance.now();
      const ask = {
        op: 'acquire',
        resources,
        mode: 'exclusive',
        waitMs: PROBE_MS,
        ttlMs: 5_000,
        reason: '',
        priority: 0,
      };
      const answer = await hand.ask(ask as Parameters<Hand['ask']>[0]);
      const isGranted =
        answer !== null && !isRejection(answer) && answer.op === 'acquire' && answer.status !== 'queued';
      if (!isGranted)
        this.#stage.problems.push(
          `wake-up: ${hand.name} was not granted everything in ${(performance.now() - sentMs).toFixed(0)} ms: ${JSON.stringify(answer)}`,
        );
      await hand.leave();
    }
  }

  /** Sessions of the dead have ended, and everything with them. */
  async #logRests(): Promise<void> {
    const { log } = this.#kitchen;
    const look = async (): Promise<boolean> => {
      this.#events.push(...(await log.read()));
      const { leases, tickets, lines, sessions } = log.state;
      const isGone = [...this.#seated.keys()].every((agent) => sessions.countIn('liveAgent', agent) === 0);
      return isGone && leases.size + tickets.size + lines.size === 0;
    };
    await waitUntil('rest', look, { withinMs: REST_MS, everyMs: 50 }).catch((error: unknown) => {
      this.#stage.problems.push(`rest: ${String(error)}`);
    });
  }

  /** Every coordinator shows what the log says, at the latest a moment after it rests. */
  async #expectShown(): Promise<void> {
    const { log } = this.#kitchen;
    for (const post of this.#able()) {
      let others: readonly string[] = ['it shows nothing'];
      const look = async (): Promise<boolean> => {
        this.#events.push(...(await log.read()));
        const shown = await shownBy(post);
        others = shown === null ? ['it shows nothing'] : shownAndFolded(shown, log.state);
        return others.length === 0;
      };
      await waitUntil('the same', look, { withinMs: SHOWN_MS, everyMs: 50 }).catch(() => {
        this.#stage.problems.push(...others.map((other) => `shown: ${other}`));
      });
    }
  }

  /** Nobody is taken for gone whose process was only stopped, cut off, or late. */
  #livingLost(): readonly string[] {
    const cut = new Set(this.#stage.cuts.map(({ agent }) => agent));
    return this.#events.flatMap((event) =>
      event.type === 'session.lost' && this.#seated.has(event.agentId ?? '') && !cut.has(event.agentId ?? '')
        ? [`presence: ${event.agentId} was lost, and its process lives: ${event.evidence}`]
        : [],
    );
  }

  #bit({ repeated, unknown, calls }: Judged): boolean {
    const { reads } = this.#stage;
    switch (this.#fault) {
      case 'none':
        return calls + reads.length > 0;
      case 'slow':
      case 'resumed':
      case 'half-open':
      case 'cut':
      case 'full':
      case 'server-killed':
      case 'server-stopped':
        return repeated + unknown > 0 || this.#longestMs() > SLOW_MS;
      case 'lost':
      case 'doubled':
        return calls > 0;
      case 'clock-forward':
      case 'clock-back':
        return this.#wallJumps();
      case 'old-format':
        return this.#events.some(({ type }) => type === 'format.moved');
      default:
        return true;
    }
  }

  /** Of a call that did not wait in line. */
  #longestMs(): number {
    const calls = this.#stage.calls.filter(({ ask }) => !('waitMs' in ask) || ask.waitMs === 0);
    return Math.max(0, ...calls.map(({ sentMs, heardMs }) => heardMs - sentMs));
  }

  /** Neighbours in the log that the wall clocks of their writers put far apart. */
  #wallJumps(): boolean {
    const walls = this.#events.map(({ wallAt }) => Date.parse(wallAt));
    return walls.some((wall, i) => i > 0 && Math.abs(wall - (walls[i - 1] ?? wall)) > 1_800_000);
  }
}

async function shownBy(post: Station): Promise<Shown | null> {
  try {
    const [locks, waits, state, agents, policy] = await Promise.all([
      post.view({ kind: 'locks', limit: 1_000 }),
      post.view({ kind: 'waits' }),
      post.view({ kind: 'state', limit: 1_000 }),
      post.view({ kind: 'agents', all: true, limit: 1_000 }),
      post.view({ kind: 'policy' }),
    ]);
    if (locks === null || waits === null || state === null || agents === null || policy === null) return null;
    return { who: post.name, locks: locks.items, waits, entries: state.items, agents: agents.items, policy };
  } catch (error) {
    if (error instanceof PostGone) return null;
    throw error;
  }
}

/** Rejects where it takes longer, which only what hangs does. */
async function before<T>(withinMs: number, what: string, done: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${withinMs} ms for: ${what}`)), withinMs);
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
