// A fleet of decisions alone, for tests of what no table can write down: very many, very long, very late.

import { apply } from '../../src/core/apply.ts';
import type { Command } from '../../src/core/command.ts';
import { type Decision, decide } from '../../src/core/decide.ts';
import { settleDeadlines } from '../../src/core/due.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { emptyState, type FleetState, mergeState } from '../../src/core/fleet-state.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { checkDraft } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { registration } from './registration.ts';
import { BrokenPromise } from './witness.ts';

export type Ask = Command extends infer C
  ? C extends Command
    ? Omit<C, 'by' | 'requestId' | 'bodyHash'>
    : never
  : never;

export class CoreFleet {
  readonly state: FleetState = emptyState();
  readonly events: FleetEvent[] = [];
  atMs = 0;
  /** Whether whoever decides stays. */
  stays = false;
  #asked = 0;

  /** `policy`: what it is founded with. */
  constructor(policy?: Policy) {
    this.system({ op: 'found', fleetId: 'f1', ...(policy === undefined ? {} : { policy }) });
  }

  /**
   * Registers an agent, over HTTP so that no process is needed. Whoever comes again has another session; null is given a name.
   */
  join(agentId: string | null, sessionId = `s-${agentId}`, pid: number | null = null): void {
    const attachment =
      pid === null ? null : { attachmentId: `a${pid}`, placeId: 'p_here', pid, startTime: 'start', kind: 'mcp' };
    const transport = pid === null ? 'http' : 'process';
    this.system(registration(agentId, { transport, attachment, freshSessionId: sessionId }));
  }

  /** Wall time stands still, unless a test says otherwise: nothing is decided by it. */
  protected get wallAt(): string {
    return '2025-11-19T23:25:00.000Z';
  }

  says(agentId: string, ask: Ask, requestId?: string): Decision {
    return this.#say({ kind: 'session', handleHash: `h-${agentId}` }, ask, requestId);
  }

  /** Only the first `groups` of what was decided reach the log: the rest of the append lost a race. */
  saysCut(agentId: string | null, ask: Ask, requestId: string, groups: number): void {
    const by: Command['by'] =
      agentId === null
        ? { kind: 'operator', name: 'root', proof: 'terminal' }
        : { kind: 'session', handleHash: `h-${agentId}` };
    const command = { ...ask, by, requestId, bodyHash: JSON.stringify(ask) } as Command;
    const decision = decide(this.state, command, { at: this.atMs, wallAt: this.wallAt, stays: this.stays });
    for (const event of decision.groups.slice(0, groups).flat()) {
      apply(this.state, event);
      this.events.push(event);
    }
  }

  system(ask: Ask, requestId?: string): Decision {
    return this.#say({ kind: 'system', name: 'test' }, ask, requestId);
  }

  operator(ask: Ask, requestId?: string): Decision {
    return this.#say({ kind: 'operator', name: 'root', proof: 'terminal' }, ask, requestId);
  }

  acquire(
    agentId: string,
    resources: readonly string[],
    ask: { readonly waitMs?: number; readonly mode?: 'shared' | 'exclusive'; readonly reason?: string } = {},
  ): Decision {
    const { waitMs = 0, mode = 'exclusive', reason = '' } = ask;
    return this.says(agentId, { op: 'acquire', resources, mode, waitMs, ttlMs: LIMITS.ttlMaxMs, reason, priority: 0 });
  }

  /** Settles everything that is due, as often as it takes. Throws when that has no end. */
  settle(): void {
    for (let round = 0; round < 1_000; round += 1) {
      const { groups } = this.system({ op: 'sweep' });
      if (groups.length === 0) return;
    }
    throw new BrokenPromise('comes to rest', 'there is always something due');
  }

  #say(by: Command['by'], ask: Ask, requestId?: string): Decision {
    this.#asked += 1;
    const command = { ...ask, by, requestId: requestId ?? `r${this.#asked}`, bodyHash: JSON.stringify(ask) } as Command;
    settleDeadlines(this.state, this.atMs);
    const decision = decide(this.state, command, { at: this.atMs, wallAt: this.wallAt, stays: this.stays });
    const violation = checkDraft(this.state, decision.draft);
    if (violation !== null) throw new BrokenPromise(violation.invariant, violation.detail);
    for (const group of decision.groups) checkSize(group);
    mergeState(this.state, decision.draft);
    this.events.push(...decision.groups.flat());
    return decision;
  }
}

function checkSize(group: readonly FleetEvent[]): void {
  const bytes = group.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  if (group.length > LIMITS.groupEvents || bytes > LIMITS.groupBytes) {
    throw new BrokenPromise('bounded groups', `${group.length} events and ${bytes} bytes in one group`);
  }
}
