// What looking for alerts costs a coordinator of 1,000 agents, 10,000 leases and 2,000 waiters: each look, twice a second, as a
// share of the time that its commit loop has. Once while nothing is wrong, and once in a night in which everybody waits too long,
// half of the holders are silent and each of these alerts is open. One thread, no store.

import { alertChanges } from '../src/core/alert/watch.ts';
import type { Command } from '../src/core/command.ts';
import { standingCircle } from '../src/core/deadlock/audit.ts';
import { decide } from '../src/core/decide.ts';
import { emptyState, type FleetState, mergeState } from '../src/core/fleet-state.ts';
import { isRejection } from '../src/core/rejection.ts';
import { registration } from '../test/support/registration.ts';
import type { Figure } from './support/figure.ts';

const AGENTS = 1_000;
const LEASES = 10_000;
const WAITERS = 2_000;
const LINES = 200;
const LOOKS = 40;
/** The shortest time between two looks. */
const LOOK_EACH_MS = 400;
const AUDIT_EACH_MS = 10_000;

export async function measure(): Promise<readonly Figure[]> {
  const fleet = new Fleet();
  const quiet = perLook(fleet.state, 1_000);
  fleet.tellAll(650_000);
  const bad = perLook(fleet.state, 651_000);
  const auditMs = timed(() => void standingCircle(fleet.state));
  const open = fleet.state.alerts.countIn('open', 'open');
  return [
    { what: 'a look while nothing is wrong', value: quiet, unit: 'ms' },
    { what: 'of the time of the commit loop', value: (100 * quiet) / LOOK_EACH_MS, unit: '%', target: { atMost: 5 } },
    { what: 'alerts open in a bad night', value: open, unit: '', target: { atLeast: LINES } },
    { what: 'a look in a bad night', value: bad, unit: 'ms' },
    { what: 'of the time of its commit loop', value: (100 * bad) / LOOK_EACH_MS, unit: '%', target: { atMost: 5 } },
    { what: 'the audit of the whole wait-for graph', value: auditMs, unit: 'ms' },
    { what: 'of that time, with a look', value: shareOf(bad, auditMs), unit: '%', target: { atMost: 5 } },
  ];
}

function shareOf(lookMs: number, auditMs: number): number {
  return 100 * (lookMs / LOOK_EACH_MS + auditMs / AUDIT_EACH_MS);
}

function perLook(state: FleetState, at: number): number {
  alertChanges(state, at);
  return timed(() => void alertChanges(state, at));
}

/** Median of many, in milliseconds. */
function timed(work: () => void): number {
  const took = Array.from({ length: LOOKS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return took.toSorted((a, b) => a - b)[LOOKS / 2] as number;
}

class Fleet {
  readonly state = emptyState();
  #at = 0;
  #requests = 0;

  constructor() {
    this.#ask({ op: 'found', fleetId: 'bench', by: SYSTEM });
    for (let i = 0; i < AGENTS; i += 1) this.#ask(registered(i));
    for (let i = 0; i < LEASES; i += 1)
      this.#acquire(i % AGENTS, i < LINES ? line(i) : `file:@w/held/${i % 100}/f${i}.ts`, 0);
    // Who holds what is wanted waits for nothing: no circles.
    const others = AGENTS - LINES;
    for (let i = 0; i < WAITERS; i += 1)
      this.#acquire(LINES + (i % others), line((7 * i + 31 * Math.floor(i / others)) % LINES), 600_000);
    if (this.state.leases.size !== LEASES || this.state.tickets.size !== WAITERS)
      throw new Error(`${this.state.leases.size} leases and ${this.state.tickets.size} waiters`);
  }

  /** Until a look finds nothing more to tell. */
  tellAll(at: number): void {
    this.#at = at;
    for (let look = 0; look < 100; look += 1) {
      const { open, repeat, close } = alertChanges(this.state, at);
      if (open.length + repeat.length + close.length === 0) return;
      this.#ask({ op: 'watch', by: SYSTEM });
    }
  }

  #acquire(session: number, resource: string, waitMs: number): void {
    const parts = { mode: 'exclusive', ttlMs: 86_400_000, reason: '', priority: 0 } as const;
    const by = { kind: 'session', handleHash: `h${session}` } as const;
    const answer = this.#ask({ op: 'acquire', by, resources: [resource], waitMs, ...parts });
    if (isRejection(answer)) throw new Error(JSON.stringify(answer));
  }

  #ask(command: Asked) {
    this.#requests += 1;
    const request = { ...command, requestId: `r${this.#requests}`, bodyHash: 'b' } as Command;
    const { answer, draft } = decide(this.state, request, { at: this.#at, wallAt: WALL });
    mergeState(this.state, draft);
    return answer;
  }
}

type Asked = Command extends infer C ? (C extends Command ? Omit<C, 'requestId' | 'bodyHash'> : never) : never;

const WALL = '2025-11-19T23:25:00.000Z';
const SYSTEM = { kind: 'system', name: 'bench' } as const;

function line(i: number): string {
  return `file:@w/wanted/f${i}.ts`;
}

function registered(i: number): Asked {
  const own = { freshSessionId: `s${i}`, freshHandleHash: `h${i}` };
  return { ...registration(`agent-${i}`, { worktree: 'w', ...own }), by: SYSTEM };
}
