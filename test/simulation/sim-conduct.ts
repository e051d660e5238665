// What an agent of the simulation says of its work, and what it reads: check-ins good and bad, the same thing over and over,
// outcomes of its own and others' work, ways out of a pause, messages sent and read with a cursor of its own.

import type { OutcomeFacts } from '../../src/core/governance/check-in.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import type { Random } from '../support/random.ts';
import type { World } from './world.ts';

interface Who {
  readonly agentId: string;
}

type Ask = (asked: object, options?: { readonly dryRun?: boolean }) => void;

const KINDS = ['tests', 'build', 'review'];

export class SimConduct {
  readonly #world: World;
  readonly #random: Random;
  readonly #name: string;
  /** Nothing it does works at the moment. */
  #isStuck = false;
  #summary = '';
  #made = 0;
  readonly #checkIns: string[] = [];
  /** Agent it acted for -> the last message that it heard. */
  readonly #cursors = new Map<string, number>();
  readonly #messages: string[] = [];
  /** What it asked to read -> how often the log had begun anew by then. */
  readonly #restarts = new WeakMap<object, number>();
  isPaused = false;

  constructor(world: World, random: Random, name: string) {
    this.#world = world;
    this.#random = random;
    this.#name = name;
  }

  checkIn(ask: Ask): void {
    const random = this.#random;
    if (random.chance(0.15)) this.#isStuck = !this.#isStuck;
    this.#made += 1;
    const isRepeating = this.#summary !== '' && random.chance(this.#isStuck ? 0.6 : 0.1);
    if (!isRepeating) this.#summary = `${this.#name} ${this.#made}`;
    const outcomes = KINDS.filter(() => random.chance(0.3)).map((kind) => this.#outcome(kind));
    const asked = {
      op: 'check_in',
      summary: this.#summary,
      digest: this.#summary,
      complexity: random.chance(0.5) ? random.next() : null,
      confidence: random.chance(0.6) ? random.next() : null,
      outcomes,
      plan: random.chance(0.2) ? { goal: this.#name, task: `${this.#made}` } : null,
      parameters: random.chance(0.2) ? Array.from({ length: 6 }, () => random.next() * 2 - 1) : null,
    };
    ask(asked, { dryRun: random.chance(0.05) });
  }

  recordOutcome(ask: Ask): void {
    const random = this.#random;
    const known =
      this.#checkIns.length > 0 && random.chance(0.6) ? random.pick(this.#checkIns) : this.#world.anyCheckIn();
    const checkInId = random.chance(0.05) ? 'c1' : (known ?? 'c2');
    ask({ op: 'record_outcome', checkInId, ...this.#outcome(random.pick(KINDS)) });
  }

  recover(ask: Ask): void {
    ask({ op: 'recover', reflection: `${this.#name} thought about it` });
  }

  send(ask: Ask): void {
    const random = this.#random;
    const lease = random.chance(0.3) ? this.#world.anyHeld() : undefined;
    const replyTo = random.chance(0.3) && this.#messages.length > 0 ? random.pick(this.#messages) : null;
    ask({
      op: 'send_message',
      to: lease?.agentId ?? (random.chance(0.2) ? '*' : this.#world.anyAgent()),
      kind: random.pick(['task', 'confirm', 'dismiss', 'info']),
      text: 'a word',
      replyTo,
      resource: lease?.resource ?? null,
    });
  }

  /** From where reading stands, after what it heard last, or once more from further back. */
  read(ask: Ask, { agentId }: Who): void {
    const random = this.#random;
    const heard = this.#cursors.get(agentId) ?? 0;
    const limit = random.between(1, 4);
    const how = random.weighted([
      [5, { after: null, seen: heard }],
      [2, { after: null, seen: 0 }],
      [3, { after: heard, seen: 0 }],
      [1, { after: Math.max(0, heard - random.between(1, 200)), seen: heard }],
    ]);
    const asked = { op: 'read_messages', ...how, limit, waitMs: 0 };
    this.#restarts.set(asked, this.#world.mail.restarts);
    ask(asked);
  }

  hear(asked: { readonly op: string; readonly after?: number | null }, answer: Answer, { agentId }: Who): void {
    if (isRejection(answer)) {
      if (answer.code === 'AGENT_PAUSED') this.isPaused = true;
      return;
    }
    switch (answer.op) {
      case 'check_in':
        this.isPaused = answer.verdict === 'pause';
        if (answer.checkInId !== null && this.#checkIns.push(answer.checkInId) > 5) this.#checkIns.shift();
        return;
      case 'recover':
        if (answer.resumed) this.isPaused = false;
        return;
      case 'acquire':
        this.isPaused = false;
        return;
      case 'read_messages': {
        this.#world.mail.hear(agentId, asked.after ?? null, answer, this.#restarts.get(asked) ?? 0);
        const known = this.#cursors.get(agentId) ?? 0;
        for (const { seq } of answer.messages)
          this.#world.coverage.count('case', seq > known ? 'message shown' : 'message shown again');
        if (answer.messages.length > 0) this.#cursors.set(agentId, Math.max(known, answer.cursor));
        for (const { messageId } of answer.messages) if (this.#messages.push(messageId) > 5) this.#messages.shift();
        return;
      }
      default:
    }
  }

  #outcome(kind: string): OutcomeFacts {
    return { kind, ok: this.#random.chance(this.#isStuck ? 0.15 : 0.85), evidence: '' };
  }
}
