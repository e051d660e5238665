// Coordinators on one log, with time and processes in the hand of the test. Everything but time and processes is real.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMemoryLog, type MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { bodyHash } from '../../src/app/body-hash.ts';
import type { Coordinator, Outcome, SubmitOptions } from '../../src/app/coordinator.ts';
import { secretHash } from '../../src/app/credentials.ts';
import { type HostMemory, NO_MEMORY } from '../../src/app/host-memory.ts';
import { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import { startNewEpoch } from '../../src/app/move/new-epoch.ts';
import type { Delivering } from '../../src/app/outbox.ts';
import type { Command, LeaseRef } from '../../src/core/command.ts';
import type { Mode } from '../../src/core/event.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, RegisterReply } from '../../src/core/reply.ts';
import type { BackgroundFold } from '../../src/ports/background-fold.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventStore, LogHead } from '../../src/ports/event-store.ts';
import type { IdSource } from '../../src/ports/id-source.ts';
import type { LogKeeper } from '../../src/ports/log-keeper.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Place } from '../../src/ports/place.ts';
import type { ProcessState, ProcessTable } from '../../src/ports/process-table.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

export const HERE: Place = {
  placeId: 'p_here',
  machineId: 'machine',
  bootId: 'boot',
  pidNamespace: 'pid',
  timeNamespace: 'time',
  hostName: 'kitchen',
};

/** Processes as a test says they are; one it says nothing of is alive. */
class FakeProcesses implements ProcessTable {
  readonly states = new Map<number, ProcessState>();
  judged = 0;

  evidenceOf(pid: number): { readonly pid: number; readonly startTime: string } {
    return { pid, startTime: 'start' };
  }

  judge({ pid }: { readonly pid: number }): ProcessState {
    this.judged += 1;
    return this.states.get(pid) ?? 'alive';
  }

  judgeMany(
    evidences: readonly { readonly pid: number; readonly startTime: string }[],
  ): Promise<readonly ProcessState[]> {
    return Promise.resolve(evidences.map((evidence) => this.judge(evidence)));
  }

  ancestorsOf(): readonly never[] {
    return [];
  }

  groupOf(): null {
    return null;
  }
}

/** Ids that count. */
export function countingIds(name: string): IdSource {
  let made = 0;
  const next = (): string => {
    made += 1;
    return `${name}${String(made).padStart(6, '0')}`;
  };
  return {
    newId: (prefix) => (prefix === undefined ? next() : `${prefix}_${next()}`),
    newSecret: () => `secret-${next()}`,
  };
}

export const silent: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silent,
};

export interface RigOptions<C extends Clock> {
  readonly clock: C;
  /** Wraps or replaces the store of the coordinator of this name. */
  readonly makeStore?: (name: string) => EventStore;
  readonly memoryOf?: (name: string) => HostMemory;
  readonly fold?: BackgroundFold;
  /** The same for the coordinator of this name. */
  readonly foldOf?: (name: string) => BackgroundFold;
  readonly keeper?: LogKeeper;
  /** As a process that stays; absent: whatever a coordinator takes itself for. */
  readonly stays?: boolean;
  /** How the coordinator of this name sends what alerts have to tell; absent: it does not. */
  readonly deliveringOf?: (name: string) => Delivering;
  /** What a fleet begins with that the coordinator of this name founds. */
  readonly foundingPolicyOf?: (name: string) => Policy;
}

export class FleetRig<C extends Clock = FakeClock> {
  readonly log: MemoryLog = createMemoryLog();
  readonly processes = new FakeProcesses();
  readonly clock: C;
  readonly #options: RigOptions<C>;
  readonly #open: LocalCoordinator[] = [];

  constructor(options: RigOptions<C>) {
    this.#options = options;
    this.clock = options.clock;
  }

  static onFakeClock({ clock = createFakeClock(), ...options }: Partial<RigOptions<FakeClock>> = {}): FleetRig {
    return new FleetRig({ ...options, clock });
  }

  store(): EventStore {
    return createMemoryStore(this.log, nodeHasher);
  }

  async coordinator(name = 'a', place: Place = HERE): Promise<LocalCoordinator> {
    const delivering = this.#options.deliveringOf?.(name);
    const coordinator = new LocalCoordinator({
      ...(delivering === undefined ? {} : { delivering }),
      makeStore: () => Promise.resolve(this.#options.makeStore?.(name) ?? this.store()),
      memory: this.#options.memoryOf?.(name) ?? NO_MEMORY,
      place,
      processes: this.processes,
      clock: this.clock,
      hasher: nodeHasher,
      ids: countingIds(name),
      logger: silent,
      nextTurn: () => nextTurn(),
      fold: this.#options.foldOf?.(name) ?? this.#options.fold ?? null,
      keeper: this.#options.keeper ?? null,
      ...(this.#options.stays === undefined ? {} : { stays: this.#options.stays }),
      foundingPolicy: () => this.#options.foundingPolicyOf?.(name) ?? null,
    });
    await coordinator.open();
    this.#open.push(coordinator);
    return coordinator;
  }

  /** Has the log go on from what `earlier` has folded, as an operator does who puts a backup in its place. */
  async goOnFrom({ replica: { state, head } }: LocalCoordinator): Promise<LogHead | null> {
    const store = this.store();
    return startNewEpoch({
      store,
      head: await store.open(),
      at: state.position.at,
      state,
      basis: head,
      seen: null,
      why: 'a backup was put in its place',
      rest: 'none',
      batchId: 'b_backup',
      placeId: 'p_operator',
      wallAt: this.clock.wallAt(),
      hasher: nodeHasher,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((coordinator) => coordinator.close()));
  }
}

let asked = 0;

/** One agent's session at a coordinator. */
export class Cook {
  readonly at: Coordinator;
  readonly agentId: string;
  readonly sessionId: string;
  readonly handleHash: string;
  readonly pid: number;

  constructor(
    at: Coordinator,
    facts: { readonly agentId: string; readonly sessionId: string; readonly handleHash: string; readonly pid: number },
  ) {
    this.at = at;
    this.agentId = facts.agentId;
    this.sessionId = facts.sessionId;
    this.handleHash = facts.handleHash;
    this.pid = facts.pid;
  }

  /** The same session, speaking to another coordinator. */
  via(at: Coordinator): Cook {
    return new Cook(at, this);
  }

  acquire(
    resources: string | readonly string[],
    ask: { readonly waitMs?: number; readonly ttlMs?: number; readonly mode?: Mode; readonly requestId?: string } = {},
    options: SubmitOptions = {},
  ): Promise<Outcome> {
    const { waitMs = 0, ttlMs = 300_000, mode = 'exclusive', requestId } = ask;
    const list = typeof resources === 'string' ? [resources] : resources;
    const body = { resources: list, waitMs, ttlMs, mode };
    const head = { ...this.head(requestId), bodyHash: bodyHash(nodeHasher, body) };
    return this.at.submit(
      { ...head, op: 'acquire', resources: list, mode, waitMs, ttlMs, reason: '', priority: 0 },
      options,
    );
  }

  await(ticket: string, waitMs: number, options: SubmitOptions = {}): Promise<Outcome> {
    return this.at.submit({ ...this.head(), op: 'await', ticket, waitMs }, options);
  }

  release(leases: readonly LeaseRef[] | 'all'): Promise<Outcome> {
    return this.at.submit({ ...this.head(), op: 'release', leases });
  }

  check(resource: string, token: number): Promise<Outcome> {
    return this.at.submit({ ...this.head(), op: 'check', resource, token });
  }

  put(key: string, value: unknown, condition: { readonly ifVersion: number } | LeaseRef): Promise<Outcome> {
    return this.at.submit({ ...this.head(), op: 'put_state', key, value, condition });
  }

  send(to: string, text: string, resource: string | null = null): Promise<Outcome> {
    const kind = resource === null ? 'info' : 'task';
    return this.at.submit({ ...this.head(), op: 'send_message', to, kind, text, replyTo: null, resource });
  }

  read(
    ask: { readonly after?: number; readonly seen?: number; readonly waitMs?: number } = {},
    options: SubmitOptions = {},
  ): Promise<Outcome> {
    const { after = null, seen = 0, waitMs = 0 } = ask;
    return this.at.submit({ ...this.head(), op: 'read_messages', after, seen, limit: 100, waitMs }, options);
  }

  head(requestId?: string): Pick<Command, 'by' | 'requestId' | 'bodyHash'> {
    asked += 1;
    return {
      by: { kind: 'session', handleHash: this.handleHash },
      requestId: requestId ?? `req-${asked}`,
      bodyHash: '',
    };
  }
}

export interface SeatAsk {
  readonly pid?: number;
  readonly placeId?: string;
}

/** Registers an agent with one process. */
export async function seat(at: Coordinator, agentId: string, ask: SeatAsk = {}): Promise<Cook> {
  asked += 1;
  const pid = ask.pid ?? 1_000 + asked;
  const handleHash = secretHash(nodeHasher, `handle-${agentId}-${asked}`);
  const { answer } = await at.submit({
    op: 'register',
    by: { kind: 'system', name: 'test' },
    requestId: `reg-${asked}`,
    bodyHash: `reg-${asked}`,
    agentId,
    purpose: null,
    client: 'test_client',
    user: 'cook',
    stamp: '20251119_2325',
    onTaken: 'sibling',
    tags: [],
    notes: '',
    resumeHandleHash: null,
    clientSession: null,
    transport: 'process',
    worktree: 'w1',
    root: '/w',
    foldsCase: false,
    attachment: {
      attachmentId: `att-${asked}`,
      placeId: ask.placeId ?? HERE.placeId,
      pid,
      startTime: 'start',
      kind: 'mcp',
    },
    freshSessionId: `ses_${asked}`,
    freshHandleHash: handleHash,
    joinTokenHash: null,
  });
  if (isRejection(answer)) throw new Error(`register: ${answer.code} ${answer.message}`);
  const { agentId: name, sessionId } = answer as RegisterReply;
  return new Cook(at, { agentId: name, sessionId, handleHash, pid });
}

/** The reply of an acquire; throws when it was refused. */
export function leased({ answer }: Outcome): AcquireReply {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  if (answer.op !== 'acquire') throw new Error(`answered ${answer.op}`);
  return answer;
}

/** The token of a single granted lease. */
export function tokenOf(outcome: Outcome): number {
  const { status, leases } = leased(outcome);
  const [lease] = leases;
  if (lease === undefined) throw new Error(`no lease: ${status}`);
  return lease.token;
}

/** What was read; throws when it was refused. */
export function mailIn({ answer }: Outcome): readonly string[] {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  if (answer.op !== 'read_messages') throw new Error(`answered ${answer.op}`);
  return answer.messages.map(({ text }) => text);
}

/** The code of a refusal; `none` for a reply. */
export function codeOf({ answer }: Outcome): string {
  return isRejection(answer) ? answer.code : 'none';
}
