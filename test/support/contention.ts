// Many processes that want one lock, again and again, and what can be seen of it: by the holders themselves, and in the log.

import type { FeedEvent } from '../../src/app/coordinator.ts';
import type { McpAgent } from './mcp-agent.ts';
import type { Scratch } from './scratch.ts';

export interface Contention {
  /** Entries while somebody else was inside. */
  readonly overlaps: number;
  /** Calls that heard anything but a grant. */
  readonly timeOuts: number;
  /** Grants that came before the grant of an earlier ticket, or with a smaller token than the grant before. */
  readonly outOfOrder: number;
  /** How many had to stand in line. */
  readonly queued: number;
  /** Of each acquisition, from request to answer. */
  readonly waitsMs: readonly number[];
  readonly tookMs: number;
}

export interface ContentionOptions {
  readonly processes: number;
  readonly rounds: number;
  readonly resource?: string;
  /** What a holder does while it holds. */
  readonly inside: () => Promise<unknown>;
}

export async function contend(scratch: Scratch, options: ContentionOptions): Promise<Contention> {
  const { processes, rounds, inside, resource = 'src/contended.ts' } = options;
  const names = Array.from({ length: processes }, (_, i) => `cook-x${i}x`);
  const agents = await scratch.agents(names);
  const waitsMs: number[] = [];
  let isTaken = false;
  let overlaps = 0;
  let timeOuts = 0;

  const work = async (agent: McpAgent): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const askedMs = performance.now();
      const { told } = await agent.call('acquire_lock', { resources: [resource], waitMs: 25_000 });
      const lease = told.leases?.[0];
      if (told.status !== 'granted' || lease === undefined) {
        timeOuts += 1;
        continue;
      }
      waitsMs.push(performance.now() - askedMs);
      if (isTaken) overlaps += 1;
      isTaken = true;
      await inside();
      isTaken = false;
      await agent.release(lease);
    }
  };
  const beganMs = performance.now();
  await Promise.all(agents.map(work));
  const tookMs = performance.now() - beganMs;
  const events = await scratch.events();
  const queued = events.filter(({ type }) => type === 'lease.queued').length;
  return { overlaps, timeOuts, outOfOrder: grantsOutOfOrder(events), queued, waitsMs, tookMs };
}

/** Compares the order of `lease.queued` with that of the grants, and the tokens with both. */
function grantsOutOfOrder(events: readonly FeedEvent[]): number {
  const queued = events.flatMap((event) => (event.type === 'lease.queued' ? [event.ticket] : []));
  const grants = events.filter((event) => event.type === 'lease.granted');
  const granted = grants.flatMap(({ ticket }) => (ticket === null ? [] : [ticket]));
  const wrongTurns = granted.filter((ticket, turn) => ticket !== queued[turn]).length;
  const wrongTokens = grants.filter(
    ({ token = 0, seq }, i) => token !== seq || seq <= (grants[i - 1]?.seq ?? 0),
  ).length;
  return wrongTurns + wrongTokens;
}
