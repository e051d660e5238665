// One fleet of the simulation: its log as the store has it, decided and folded by the real core. A host that was first with
// its append has decided on exactly this state, so deciding is done here, in the moment of the append; what a host decided
// in vain is time lost and nothing else.

import { type BatchLimits, decideBatch, type EncodedGroup } from '../../src/app/decide-batch.ts';
import type { Command } from '../../src/core/command.ts';
import { settleDeadlines } from '../../src/core/due.ts';
import { emptyState, type FleetState, mergeState } from '../../src/core/fleet-state.ts';
import type { Answer } from '../../src/core/reply.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/fleet-rig.ts';
import { registration } from '../../test/support/registration.ts';
import { type Ask, agentName } from './load.ts';

export const WALL_AT = '2026-11-23T09:00:00.000Z';
const SYSTEM = { kind: 'system', name: 'bench' } as const;
const LIMITS: BatchLimits = { maxEvents: 4_096, maxBytes: 640 * 1024 };
/** What a batch says besides its events, and what a store keeps beside it. */
const BATCH_BYTES = 220;
/** Stands still, so that deciding is never cut short by a slow machine: the same seed gives the same simulation. */
const CLOCK = createFakeClock(0);

export interface Asked {
  readonly agent: number;
  readonly ask: Ask;
}

/** A batch of the log, as far as hosts have to know of it. */
interface Written {
  readonly seq: number;
  readonly by: string;
  readonly atMs: number;
}

export class FleetModel {
  readonly batches: Written[] = [];
  readonly state: FleetState = emptyState();
  /** Tickets whose wait has ended, with where and when; whoever is parked takes it out. */
  readonly ended = new Map<string, { readonly seq: number; readonly atMs: number }>();
  readonly #onAppended: (groups: readonly EncodedGroup[], atMs: number) => void;
  #commands = 0;
  #events = 0;
  #bytes = 0;
  #appends = 0;
  #acquired = 0;
  #waited = 0;

  constructor(
    name: string,
    agents: number,
    onAppended: (groups: readonly EncodedGroup[], atMs: number) => void = none,
  ) {
    this.#onAppended = onAppended;
    this.#decide([this.#command({ op: 'found', fleetId: name }, SYSTEM)], 0);
    const joined = Array.from({ length: agents }, (_, i) => {
      const own = { freshSessionId: `ses_${i}`, freshHandleHash: handleOf(i) };
      return this.#command(registration(agentName(i), { transport: 'process', ...own }), SYSTEM);
    });
    this.#decide(joined, 0);
  }

  /** Number of its last event. */
  get seq(): number {
    return this.#events;
  }

  /** `acquired`: how often something was asked for, and `waited`, how often one had to wait for it. */
  get counts() {
    const [commands, events, bytes, appends] = [this.#commands, this.#events, this.#bytes, this.#appends];
    return { commands, events, bytes, appends, acquired: this.#acquired, waited: this.#waited };
  }

  /** One append with what these agents asked, by this host. */
  append(asked: readonly Asked[], atMs: number, by: string): readonly Answer[] {
    const commands = asked.map(({ agent, ask }) =>
      this.#command(ask, { kind: 'session', handleHash: handleOf(agent) }),
    );
    this.#acquired += asked.filter(({ ask }) => ask.op === 'acquire').length;
    return this.#decide(commands, atMs, by);
  }

  #command(ask: Ask, by: Command['by']): Command {
    this.#commands += 1;
    // As long as those that a surface mints.
    const requestId = `req_${String(this.#commands).padStart(22, '0')}`;
    return { ...ask, by, requestId, bodyHash: 'b'.repeat(32) };
  }

  #decide(commands: readonly Command[], atMs: number, by = 'founder'): readonly Answer[] {
    settleDeadlines(this.state, atMs);
    const pendings = commands.map((command) => ({ command }));
    const moment = { at: atMs, wallAt: WALL_AT, stays: true };
    const options = { state: this.state, moment, preludes: [], pendings, limits: LIMITS, clock: CLOCK, logger: silent };
    const { overlay, groups, decided, left } = decideBatch(options);
    if (left.length > 0) throw new Error(`${left.length} commands did not fit an append`);
    mergeState(this.state, overlay);
    for (const group of groups) this.#note(group, atMs);
    this.#appends += 1;
    this.#bytes += BATCH_BYTES;
    this.batches.push({ seq: this.#events, by, atMs });
    this.#onAppended(groups, atMs);
    return decided.map(({ answer }) => answer);
  }

  #note({ events, bytes }: EncodedGroup, atMs: number): void {
    this.#bytes += bytes;
    for (const event of events) {
      this.#events += 1;
      if (event.type === 'lease.queued') this.#waited += 1;
      if (event.type !== 'lease.granted' || event.ticket === null) continue;
      this.ended.set(event.ticket, { seq: this.#events, atMs });
    }
  }
}

function none(): void {
  // Nobody keeps what is appended.
}

/** No handle begins like another one's. */
function handleOf(agent: number): string {
  return `${agent}-`.padEnd(64, 'h');
}
