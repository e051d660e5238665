// A fleet on a log in memory: coordinators of this process, each with a store that can be slow, be away, or lose its answers.

import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { bodyHash } from '../../src/app/body-hash.ts';
import type { Coordinator, Outcome } from '../../src/app/coordinator.ts';
import type { Command } from '../../src/core/command.ts';
import type { Query, ViewOf } from '../../src/core/view/views.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { type FaultRates, faultyStore, noFaults } from '../support/faulty-store.ts';
import { FleetRig, seat } from '../support/fleet-rig.ts';
import { FaultLog } from './fault-log.ts';
import type { Fault, Hit } from './faults.ts';
import type { Ask } from './history.ts';
import type { Seat, Station } from './post.ts';
import type { Befalling, Stageable } from './round.ts';

/** What is wrong with the store of one coordinator now. */
interface Trouble {
  rates: FaultRates;
  delayMs: number;
}

const POSTS = 3;

class MemoryPost implements Station {
  readonly name: string;
  readonly place = 'here';
  readonly isOver = false;
  readonly isStopped = false;
  readonly trouble: Trouble;
  readonly #coordinator: Coordinator;

  constructor(name: string, coordinator: Coordinator, trouble: Trouble) {
    this.name = name;
    this.#coordinator = coordinator;
    this.trouble = trouble;
  }

  async seat(agentId: string): Promise<Seat> {
    return seat(this.#coordinator, agentId);
  }

  ask(handleHash: string | null, requestId: string, ask: Ask): Promise<Outcome> {
    const by =
      handleHash === null
        ? ({ kind: 'operator', name: 'chef', proof: 'terminal' } as const)
        : ({ kind: 'session', handleHash } as const);
    const command = { ...ask, by, requestId, bodyHash: bodyHash(nodeHasher, { ...ask }) } as Command;
    return this.#coordinator.submit(command);
  }

  async view<Q extends Query>(query: Q): Promise<ViewOf<Q> | null> {
    try {
      return await this.#coordinator.view(query);
    } catch (error) {
      if (error instanceof StoreFault) return null;
      throw error;
    }
  }
}

export class MemoryKitchen implements Stageable {
  readonly log: FaultLog;
  readonly posts: readonly MemoryPost[];
  readonly #rig: FleetRig<typeof systemClock>;
  #rounds = 0;

  private constructor(rig: FleetRig<typeof systemClock>, posts: readonly MemoryPost[], log: FaultLog) {
    this.#rig = rig;
    this.posts = posts;
    this.log = log;
  }

  static async open(): Promise<MemoryKitchen> {
    const troubles = new Map<string, Trouble>();
    const rig: FleetRig<typeof systemClock> = new FleetRig({
      clock: systemClock,
      makeStore: (name) => troubled(createMemoryStore(rig.log, nodeHasher), troubles.get(name) as Trouble),
    });
    const posts: MemoryPost[] = [];
    for (let i = 0; i < POSTS; i += 1) {
      const [name, trouble] = [`memory-${i}`, { rates: noFaults, delayMs: 0 }];
      troubles.set(name, trouble);
      posts.push(new MemoryPost(name, await rig.coordinator(name), trouble));
    }
    await posts[0]?.seat('founder');
    return new MemoryKitchen(rig, posts, await FaultLog.open(createMemoryStore(rig.log, nodeHasher)));
  }

  nextRound(): string {
    this.#rounds += 1;
    return `r${this.#rounds}`;
  }

  firstPosts(): readonly MemoryPost[] {
    return this.posts;
  }

  isAble(): boolean {
    return true;
  }

  begin(fault: Fault, { random }: Befalling): Promise<Hit> {
    const { name, trouble } = random.pick(this.posts);
    const end = (): Promise<void> => {
      Object.assign(trouble, { rates: noFaults, delayMs: 0 });
      return Promise.resolve();
    };
    if (fault === 'slow') trouble.delayMs = random.between(20, 150);
    if (fault === 'cut') trouble.rates = { ...noFaults, unavailable: 1 };
    if (fault === 'lost') trouble.rates = { ...noFaults, lostReply: 0.3 };
    return Promise.resolve({ what: `${fault} at ${name}`, end });
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.#rig.close();
  }
}

/** A store whose trouble may change from call to call. */
function troubled(inner: EventStore, trouble: Trouble): EventStore {
  const rates = {
    get lostReply(): number {
      return trouble.rates.lostReply;
    },
    get unavailable(): number {
      return trouble.rates.unavailable;
    },
    lateHint: 0,
    droppedHint: 0,
    tornSnapshot: 0,
  };
  const later = (ms: number, run: () => void): void => void setTimeout(run, ms);
  const faulty = faultyStore(inner, { rates, random: Math.random, later });
  const late = async <T>(work: () => Promise<T>): Promise<T> => {
    await arrival(trouble.delayMs);
    return work();
  };
  return {
    ...faulty,
    read: (after, limit) => late(() => faulty.read(after, limit)),
    append: (expected, batch) => late(() => faulty.append(expected, batch)),
  };
}

function arrival(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => void setTimeout(resolve, ms));
}
