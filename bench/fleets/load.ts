// What the agents of a simulated fleet do all day. Everything that is assumed of them stands here, with where it is from.
//
//   think ──> ask for a file ──> (wait in line) ──> work on it ──> give it back ──> (report) ──> (write to another) ──> think

import type { Command, LeaseRef } from '../../src/core/command.ts';
import { LIMITS } from '../../src/core/limits.ts';
import type { Random } from '../../test/support/random.ts';

/** How large the fleets are, and how fast their agents. */
export interface Load {
  readonly fleets: number;
  /** Of each fleet. */
  readonly agents: number;
  /** Of each fleet; its agents are spread evenly over them. */
  readonly hosts: number;
  /** 1: a lock a minute, as in the sizing of docs/operations.md. The agents of `brigade serve --demo` have about 8. */
  readonly pace: number;
}

/** At pace 1; drawn from exponential distributions with these means. */
const THINK_MS = 50_000;
const HOLD_MS = 10_000;
/** As the log that docs/operations.md is measured on. */
const ROUNDS_A_REPORT = 5;
const ROUNDS_A_MESSAGE = 10;
/** Files of one workspace. Which one is wanted goes by the square of chance: a tenth of all asks are for four of them. */
const FILES = 400;

export type Ask = Command extends infer C
  ? C extends Command
    ? Omit<C, 'by' | 'requestId' | 'bodyHash'>
    : never
  : never;

/** Commands that an agent of this load gives a second, in the mean, were there never anything to wait for. */
export function commandsPerSecond({ fleets, agents, pace }: Load): number {
  const aRound = 2 + 1 / ROUNDS_A_REPORT + 1 / ROUNDS_A_MESSAGE;
  return (fleets * agents * aRound * pace * 1_000) / (THINK_MS + HOLD_MS);
}

/** The draws of one agent. */
export class AgentLife {
  readonly #random: Random;
  readonly #load: Load;
  #rounds = 0;

  constructor(random: Random, load: Load) {
    this.#random = random;
    this.#load = load;
  }

  /** It is at work when the measurement begins: as many are as at any other moment. */
  beginsAtWork(): boolean {
    return this.#random.chance(HOLD_MS / (THINK_MS + HOLD_MS));
  }

  thinkMs(): number {
    return this.#exponential(THINK_MS);
  }

  holdMs(): number {
    return this.#exponential(HOLD_MS);
  }

  acquire(): Ask & { readonly op: 'acquire' } {
    const file = Math.floor(FILES * this.#random.next() ** 2);
    const resources = [`file:@w1/src/part-${file % 20}/file-${file}.ts`];
    // Longer than anybody waits here: nobody has to ask again for its place.
    const waitMs = LIMITS.waitMaxMs;
    return {
      op: 'acquire',
      resources,
      mode: 'exclusive',
      waitMs,
      ttlMs: LIMITS.ttlMs,
      reason: 'moves a rule',
      priority: 0,
    };
  }

  release(lease: LeaseRef): Ask {
    return { op: 'release', leases: [lease] };
  }

  /** What it says after a round, in order. */
  afterRound(): readonly Ask[] {
    this.#rounds += 1;
    const said: Ask[] = [];
    if (this.#random.chance(1 / ROUNDS_A_REPORT)) said.push(this.#report());
    if (this.#random.chance(1 / ROUNDS_A_MESSAGE)) said.push(this.#message());
    return said;
  }

  #report(): Ask {
    const summary = `Round ${this.#rounds}: moved a rule to where it belongs, and its tests with it.`;
    const digest = Math.floor(this.#random.next() * 2 ** 32)
      .toString(16)
      .padStart(32, '0');
    const judged = { complexity: 0.4, confidence: 0.8, outcomes: [], plan: null, parameters: null };
    return { op: 'check_in', summary, digest, ...judged };
  }

  #message(): Ask {
    const to = agentName(this.#random.below(this.#load.agents));
    const text = 'The rules have moved; the tests are beside them now.';
    return { op: 'send_message', to, kind: 'info', text, replyTo: null, resource: null };
  }

  #exponential(meanMs: number): number {
    return (-Math.log(1 - this.#random.next()) * meanMs) / this.#load.pace;
  }
}

export function agentName(index: number): string {
  return `cook-x${index}x`;
}
