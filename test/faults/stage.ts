// A round as it runs: whether its workload goes on, what was recorded, and moments that its seed has chosen.

import { setTimeout as pass } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import type { Call, Cut, History, Read } from './history.ts';
import type { Station } from './post.ts';

/** One clock for all processes of the machine. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Stage {
  /** Name of the round, in every name of it. */
  readonly round: string;
  /** What befalls callers themselves: how often an answer is not heard, and how often a request comes twice. */
  readonly lossChance: number;
  readonly doubleChance: number;
  readonly calls: Call[] = [];
  readonly reads: Read[] = [];
  readonly cuts: Cut[] = [];
  readonly sessions = new Map<string, string>();
  readonly problems: string[] = [];
  /** What callers wait for at most, as their turns choose. */
  readonly waitsMs: readonly number[];
  /** No new turn begins. */
  isOver = false;

  constructor(
    facts: Pick<Stage, 'round' | 'waitsMs'> & { readonly lossChance?: number; readonly doubleChance?: number },
  ) {
    this.waitsMs = facts.waitsMs;
    this.round = facts.round;
    this.lossChance = facts.lossChance ?? 0;
    this.doubleChance = facts.doubleChance ?? 0;
  }

  get history(): History {
    return { calls: this.calls, reads: this.reads, cuts: this.cuts, sessions: this.sessions };
  }

  /** A moment of the seed's choice; nothing is waited for. */
  async spend(ms: number): Promise<void> {
    // house-allow sleeping-test: the moment is the seed's, and nothing is waited for
    await pass(ms);
  }

  /** Somewhere between two moments, mostly near the first. */
  async think(random: Random, mostMs: number): Promise<void> {
    const share = random.next();
    await this.spend(share * share * mostMs);
  }

  /** Whoever sat there is gone. */
  cutOff(post: Station, seated: ReadonlyMap<string, Station>): void {
    const atMs = machineMs();
    for (const [agent, at] of seated) if (at === post) this.cuts.push({ agent, atMs });
  }
}
