// An agent of the fault campaign: asks at its post, repeats under the same `requestId` what was not answered, and records what it
// heard and when. Where the round says so it does not hear an answer, or its request arrives twice, and another process of its
// host is asked the same.

import type { Outcome } from '../../src/app/coordinator.ts';
import type { LeaseRef } from '../../src/core/command.ts';
import type { Mode } from '../../src/core/event.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import type { Random } from '../support/random.ts';
import { type Ask, type Call, NEVER } from './history.ts';
import { PostGone, type Seat, type Station } from './post.ts';
import { machineMs, type Stage } from './stage.ts';

/** Of these nobody knows whether it was done. */
const UNCERTAIN = new Set(['STORE_UNAVAILABLE', 'BUSY', 'RATE_LIMITED']);
/** After these the agent has nothing more to ask. */
const OVER = new Set(['CREDENTIAL_WRONG', 'CREDENTIAL_REQUIRED', 'STORE_VERSION', 'AGENT_RETIRED', 'AGENT_ARCHIVED']);
/** Longer than any fault of a round lasts, with what it takes to hear of its end. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 40;

interface Heard {
  readonly triedMs: number;
  readonly heardMs: number;
  readonly outcome: Outcome;
}

export interface HandFacts {
  readonly stage: Stage;
  readonly random: Random;
  readonly post: Station;
  /** Of its host, itself among them. */
  readonly neighbours: readonly Station[];
  readonly seat: Seat | null;
  readonly name: string;
}

export class Hand {
  readonly name: string;
  readonly random: Random;
  readonly stage: Stage;
  readonly post: Station;
  /** Its session is over, or its process. */
  isGone = false;
  readonly #facts: HandFacts;
  #asked = 0;

  constructor(facts: HandFacts) {
    this.name = facts.name;
    this.random = facts.random;
    this.stage = facts.stage;
    this.post = facts.post;
    this.#facts = facts;
    if (facts.seat !== null) facts.stage.sessions.set(facts.name, facts.seat.sessionId);
  }

  /** The answer; null where nobody knows, or nobody can be asked. */
  async ask(ask: Ask): Promise<Answer | null> {
    if (this.isGone) return null;
    this.#asked += 1;
    const requestId = `${this.name}.${this.#asked}`;
    const sentMs = machineMs();
    let tries = 0;
    let heard: Heard | null = null;
    while (heard === null && machineMs() - sentMs < PATIENCE_MS && !this.isGone) {
      tries += 1;
      const said = await this.#try(ask, requestId);
      if (said === null) {
        await this.stage.spend(AGAIN_MS);
        continue;
      }
      const code = codeOf(said.outcome.answer);
      if (code !== null && UNCERTAIN.has(code)) await this.stage.spend(AGAIN_MS);
      // Whatever was tried before may have been done, and whoever waited granted: an old version cannot tell.
      else if (code === 'STORE_VERSION' && (tries > 1 || ('waitMs' in ask && ask.waitMs > 0))) this.isGone = true;
      else heard = said;
    }
    const call = this.#record({ ask, requestId, sentMs, tries }, heard);
    if (OVER.has(codeOf(call.answer) ?? '')) this.isGone = true;
    return call.answer;
  }

  /** Takes them, waiting in as many calls as it takes; null where it came to nothing. */
  async acquire(
    resources: readonly string[],
    more: { readonly mode?: Mode; readonly waitMs?: number; readonly ttlMs?: number; readonly patience?: number } = {},
  ): Promise<readonly LeaseRef[] | null> {
    const { mode = 'exclusive', waitMs = 0, ttlMs = 1_500, patience = 2 } = more;
    let answer = await this.ask({ op: 'acquire', resources, mode, waitMs, ttlMs, reason: '', priority: 0 });
    for (let round = 0; round < patience && ticketOf(answer) !== null && !this.stage.isOver; round += 1)
      answer = await this.ask({ op: 'await', ticket: ticketOf(answer) ?? '', waitMs });
    const ticket = ticketOf(answer);
    if (ticket !== null) {
      await this.ask({ op: 'withdraw', ticket });
      return null;
    }
    if (answer === null || isRejection(answer) || answer.op !== 'acquire') return null;
    return answer.leases.map(({ resource, token }) => ({ resource, token }));
  }

  async release(leases: readonly LeaseRef[]): Promise<void> {
    if (leases.length > 0) await this.ask({ op: 'release', leases });
  }

  async read(key: string): Promise<{ readonly version: number; readonly value: unknown } | null> {
    const sentMs = machineMs();
    const page = await this.post.view({ kind: 'state', key }).catch((error: unknown) => {
      if (!(error instanceof PostGone)) throw error;
      this.isGone = true;
      return null;
    });
    if (page === null) return null;
    const { version = 0, value = null } = page.items[0] ?? {};
    this.stage.reads.push({ by: this.name, key, sentMs, heardMs: machineMs(), version, value });
    return { version, value };
  }

  /** Gives everything back and ends its session. */
  async leave(): Promise<void> {
    await this.ask({ op: 'release', leases: 'all' });
    if (this.isGone || this.#facts.seat === null) return;
    const atMs = machineMs();
    this.stage.cuts.push({ agent: this.name, atMs });
    await this.ask({ op: 'close_session', why: 'its round is over' });
    this.isGone = true;
  }

  /** One try; null: its answer was not heard. */
  async #try(ask: Ask, requestId: string): Promise<Heard | null> {
    const { stage, random } = this;
    if (random.chance(stage.lossChance)) return this.#tryTwice(ask, requestId);
    if (!random.chance(stage.doubleChance)) return this.#send(this.post, ask, requestId);
    const twins = [this.post, this.#another()].map((post) => this.#send(post, ask, requestId));
    const heard = (await Promise.all(twins)).filter((each) => each !== null);
    return this.#oneOf(heard, requestId);
  }

  /**
   * The first answer is not heard, and the request comes again. Where it overtakes the first one, a refusal of it settles nothing: the
   * first may be done still.
   */
  async #tryTwice(ask: Ask, requestId: string): Promise<Heard | null> {
    let isFirstOver = false;
    const first = this.#send(this.post, ask, requestId).finally(() => {
      isFirstOver = true;
    });
    first.catch((error: unknown) => this.stage.problems.push(String(error)));
    await this.stage.think(this.random, 60);
    const isBehind = isFirstOver;
    const heard = await this.#send(this.#another(), ask, requestId);
    const isRefused = heard !== null && isRejection(heard.outcome.answer);
    if (isBehind || !isRefused) return heard;
    const late = await first;
    return late === null || isRejection(late.outcome.answer) ? heard : null;
  }

  async #send(post: Station, ask: Ask, requestId: string): Promise<Heard | null> {
    const triedMs = machineMs();
    try {
      const outcome = await post.ask(this.#facts.seat?.handleHash ?? null, requestId, ask);
      return { triedMs, heardMs: machineMs(), outcome };
    } catch (error) {
      if (!(error instanceof PostGone)) throw error;
      if (post === this.post) this.isGone = true;
      return null;
    }
  }

  /** Another process of its host, or its own where there is no other. */
  #another(): Station {
    const able = this.#facts.neighbours.filter((post) => !post.isOver && !post.isStopped);
    return able.length === 0 ? this.post : this.random.pick(able);
  }

  /** Both are answers to one request, so what is done is the same. */
  #oneOf(heard: readonly Heard[], requestId: string): Heard | null {
    const rank = ({ outcome: { answer } }: Heard): number => {
      if (isRejection(answer)) return UNCERTAIN.has(answer.code) ? 0 : 1;
      return ticketOf(answer) === null ? 3 : 2;
    };
    const [best, other] = heard.toSorted((a, b) => rank(b) - rank(a));
    if (best !== undefined && other !== undefined && rank(other) === 3) {
      const [one, two] = [best, other].map(({ outcome }) => doneText(outcome.answer));
      if (one !== two) this.stage.problems.push(`repeat: ${requestId} was answered ${one} and ${two}`);
    }
    return best ?? null;
  }

  #record(facts: Pick<Call, 'ask' | 'requestId' | 'sentMs' | 'tries'>, heard: Heard | null): Call {
    const said =
      heard === null
        ? { triedMs: facts.sentMs, heardMs: NEVER, answer: null, waitedMs: 0, safeForMs: {} }
        : { triedMs: heard.triedMs, heardMs: heard.heardMs, ...heard.outcome };
    const call: Call = { by: this.name, ...facts, ...said };
    this.stage.calls.push(call);
    return call;
  }
}

export function codeOf(answer: Answer | null): string | null {
  return answer !== null && isRejection(answer) ? answer.code : null;
}

function ticketOf(answer: Answer | null): string | null {
  if (answer === null || isRejection(answer) || answer.op !== 'acquire') return null;
  return (answer as AcquireReply).status === 'queued' ? answer.ticket : null;
}

/** What was done, without how long ago. */
function doneText(answer: Answer): string {
  if (isRejection(answer)) return answer.code;
  if (answer.op === 'acquire') return answer.leases.map(({ resource, token }) => `${resource} ${token}`).join();
  if (answer.op === 'put_state') return `${answer.key} ${answer.version}`;
  if (answer.op === 'hand_off') return answer.offer;
  return answer.op;
}
