// The core alone, as a fleet: every command decided and merged at once, in this thread, with no store.

import type { Command } from '../../src/core/command.ts';
import { decide } from '../../src/core/decide.ts';
import { settleDeadlines } from '../../src/core/due.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { emptyState, type FleetState, mergeState } from '../../src/core/fleet-state.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import { registration } from '../../test/support/registration.ts';

/** Agents `0` to `sessions - 1`, each with a session. */
export class CoreFleet {
  readonly state: FleetState = emptyState();
  readonly events: FleetEvent[] = [];
  #at = 0;
  #requests = 0;
  readonly #sessions: number;

  constructor(sessions: number) {
    this.#sessions = sessions;
    this.ask({ op: 'found', fleetId: 'bench', by: SYSTEM });
    for (let i = 0; i < sessions; i += 1) this.ask(registered(i));
  }

  ask(command: Asked): Answer {
    this.#requests += 1;
    const request = { ...command, requestId: `r${this.#requests}`, bodyHash: 'b' } as Command;
    const { groups, answer, draft } = decide(this.state, request, { at: this.#at, wallAt: WALL });
    mergeState(this.state, draft);
    for (const group of groups) this.events.push(...group);
    return answer;
  }

  acquire(session: number, resource: string, waitMs = 0): AcquireReply {
    return this.acquireAll(session, [resource], waitMs);
  }

  /** Throws what is refused. */
  acquireAll(session: number, resources: readonly string[], waitMs = 0): AcquireReply {
    const answer = this.tryAcquire(session, resources, waitMs);
    if (isRejection(answer) || answer.op !== 'acquire') throw new Error(JSON.stringify(answer));
    return answer;
  }

  tryAcquire(session: number, resources: readonly string[], waitMs = 0): Answer {
    return this.ask({
      op: 'acquire',
      by: caller(session),
      resources,
      mode: 'exclusive',
      waitMs,
      ttlMs: 86_400_000,
      reason: '',
      priority: 0,
    });
  }

  pairs(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#at += 1;
      const session = i % this.#sessions;
      const resource = `file:@w/src/pair-${session}.ts`;
      const [lease] = this.acquire(session, resource).leases;
      this.ask({ op: 'release', by: caller(session), leases: [{ resource, token: lease?.token ?? 0 }] });
      if (session === 0) settleDeadlines(this.state, this.#at);
    }
  }

  releaseAll(session: number): Answer {
    return this.ask({ op: 'release', by: caller(session), leases: 'all' });
  }

  /** Time goes on, and whatever is due by then is settled; answers in how many appends. */
  settleAfter(ms: number): number {
    this.#at += ms;
    let appends = 0;
    for (let before = -1; before !== this.state.leases.size; appends += 1) {
      before = this.state.leases.size;
      settleDeadlines(this.state, this.#at);
      this.ask({ op: 'sweep', by: SYSTEM });
    }
    return appends;
  }

  hold(count: number): void {
    for (let i = 0; i < count; i += 1) this.acquire(i % this.#sessions, `file:@w/held/${i % 100}/f${i}.ts`);
  }
}

type Asked = Command extends infer C ? (C extends Command ? Omit<C, 'requestId' | 'bodyHash'> : never) : never;

const WALL = '2025-11-19T23:25:00.000Z';
const SYSTEM = { kind: 'system', name: 'bench' } as const;

function caller(session: number): { readonly kind: 'session'; readonly handleHash: string } {
  return { kind: 'session', handleHash: `handle-${session}` };
}

function registered(i: number): Asked {
  const own = { freshSessionId: `session-${i}`, freshHandleHash: `handle-${i}` };
  return { ...registration(`bench-x${i}x`, { transport: 'process', worktree: 'w', ...own }), by: SYSTEM };
}
