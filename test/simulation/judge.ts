// An independent judge of the log: a second, naive reading of the rules that matters most, without indexes, tables or
// folds of the core. Slow and plain, so that it can be believed.
//
//   nothing is held twice · a token ends once, by its holder or by a reason that anybody can check · the line is kept ·
//   governed state counts its versions, and nobody writes past a holder

import type { FleetEvent, Mode } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { keysConflict } from '../../src/core/resource/conflict.ts';
import { parseKey, type ResourceKey } from '../../src/core/resource/resource-key.ts';
import { BrokenPromise } from '../support/witness.ts';
import { ConductJudge } from './conduct-judge.ts';

interface Held {
  readonly token: number;
  readonly resource: string;
  readonly mode: Mode;
  readonly sessionId: string;
}

interface Waiting {
  readonly ticket: string;
  readonly seq: number;
  readonly resources: readonly string[];
  readonly mode: Mode;
  readonly sessionId: string;
  readonly agentId: string;
  readonly passes: Set<string>;
  state: 'waiting' | 'offered' | 'passed_over';
}

export class Judge {
  readonly #conduct = new ConductJudge();
  readonly #held = new Map<number, Held>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #ended = new Map<string, Waiting>();
  readonly #live = new Set<string>();
  readonly #versions = new Map<string, number>();
  #foldsSince: number | null = null;
  #suspended = false;
  #seq = 0;
  #at = 0;

  /** Reads one event of the log. Throws when it breaks a promise. */
  read(event: FleetEvent): void {
    if (event.seq <= this.#seq) throw new BrokenPromise('numbers', `${event.seq} after ${this.#seq}`);
    if (event.at < this.#at) throw new BrokenPromise('fleet time', `${event.at} after ${this.#at}`);
    this.#seq = event.seq;
    this.#at = event.at;
    this.#conduct.read(event);
    this.#take(event);
  }

  /** After an epoch started: the judge goes on with what the new state says. */
  restart(
    held: Iterable<Held>,
    waiting: Iterable<Omit<Waiting, 'passes'> & { readonly passes: readonly string[] }>,
    live: Iterable<string>,
  ): void {
    this.#held.clear();
    this.#waiting.clear();
    this.#ended.clear();
    this.#live.clear();
    for (const lease of held) this.#held.set(lease.token, lease);
    for (const ticket of waiting) this.#waiting.set(ticket.ticket, { ...ticket, passes: new Set(ticket.passes) });
    for (const sessionId of live) this.#live.add(sessionId);
  }

  /** Agents after an epoch started, as its state says. */
  restartConduct(state: FleetState): void {
    this.#conduct.restart(state);
  }

  /** Throws when the state says anything else of the agents than their events did. */
  compare(state: FleetState): void {
    this.#conduct.compare(state);
  }

  /** Versions of governed state after an epoch started. */
  setVersions(versions: Iterable<readonly [string, number]>): void {
    this.#versions.clear();
    for (const [key, version] of versions) this.#versions.set(key, version);
  }

  setFleet(suspended: boolean, foldsSince: number | null): void {
    this.#suspended = suspended;
    this.#foldsSince = foldsSince;
  }

  #take(event: FleetEvent): void {
    const sessionId = event.sessionId ?? '';
    switch (event.type) {
      case 'session.opened':
        this.#live.add(sessionId);
        return;
      case 'session.closed':
      case 'session.lost':
        this.#live.delete(sessionId);
        return;
      case 'names.folded':
        this.#foldsSince ??= event.seq;
        return;
      case 'granting.suspended':
      case 'invariant.broken':
        this.#suspended = true;
        return;
      case 'granting.resumed':
        this.#suspended = false;
        return;
      case 'lease.granted':
        this.#grant(event);
        return;
      case 'lease.released':
      case 'lease.expired':
      case 'lease.revoked':
      case 'lease.dropped':
        this.#end(event);
        return;
      case 'state.put':
        this.#put(event);
        return;
      default:
        this.#wait(event);
    }
  }

  #grant(event: FleetEvent & { type: 'lease.granted' }): void {
    const lease: Held = {
      token: event.seq,
      resource: event.resource ?? '',
      mode: event.mode,
      sessionId: event.sessionId ?? '',
    };
    const told = `${lease.resource} (${lease.token}) to ${lease.sessionId}`;
    if (this.#suspended) throw new BrokenPromise('rest', `granted ${told} while granting rests`);
    if (!this.#live.has(lease.sessionId)) throw new BrokenPromise('alive', `granted ${told}, which has ended`);
    if (event.replaces !== null && !this.#held.delete(event.replaces)) {
      throw new BrokenPromise('replaces', `${told} replaces ${event.replaces}, which does not hold`);
    }
    for (const other of this.#held.values()) {
      if (this.#meet(lease, other))
        throw new BrokenPromise('held twice', `granted ${told} beside ${other.token} of ${other.sessionId}`);
    }
    if (event.path !== 'handoff') this.#checkLine(event, lease, told);
    this.#held.set(lease.token, lease);
  }

  #checkLine(event: FleetEvent & { type: 'lease.granted' }, lease: Held, told: string): void {
    const own = event.ticket === null ? undefined : this.#waiting.get(event.ticket);
    for (const other of this.#waiting.values()) {
      const isAway = !this.#live.has(other.sessionId) || !this.#conduct.isActive(other.agentId);
      if (other.ticket === own?.ticket || other.state === 'passed_over' || isAway) continue;
      if (!other.resources.some((resource) => this.#meet(lease, { ...other, resource, token: other.seq }))) continue;
      if (other.state === 'offered')
        throw new BrokenPromise('offer', `granted ${told} beside the offer ${other.ticket}`);
      // An offer stands, whoever comes back to the line before it is claimed.
      if (own?.state === 'offered') continue;
      const hasPassed = own !== undefined && other.passes.has(own.ticket);
      const isEarlier = other.seq < (own?.seq ?? Number.POSITIVE_INFINITY) && own?.passes.has(other.ticket) !== true;
      if (hasPassed || isEarlier) throw new BrokenPromise('line', `granted ${told} past ${other.ticket}`);
    }
  }

  #end(event: FleetEvent & { type: 'lease.released' | 'lease.expired' | 'lease.revoked' | 'lease.dropped' }): void {
    const lease = this.#held.get(event.token ?? 0);
    if (lease === undefined)
      throw new BrokenPromise('ends once', `${event.type} of ${event.token}, which does not hold`);
    if (event.type === 'lease.released' && (lease.sessionId !== event.sessionId || !this.#live.has(lease.sessionId))) {
      throw new BrokenPromise('own release', `${event.token} of ${lease.sessionId} released by ${event.sessionId}`);
    }
    if (event.type === 'lease.dropped' && this.#live.has(lease.sessionId)) {
      throw new BrokenPromise('dropped', `${event.token} of ${lease.sessionId}, which lives`);
    }
    this.#held.delete(lease.token);
  }

  #put(event: FleetEvent & { type: 'state.put' }): void {
    const version = (this.#versions.get(event.key) ?? 0) + 1;
    if (event.valueVersion !== version)
      throw new BrokenPromise('versions', `${event.key} at ${event.valueVersion}, not ${version}`);
    const guard = event.guard === null ? null : this.#held.get(event.guard);
    if (guard !== null && guard?.sessionId !== event.sessionId)
      throw new BrokenPromise('guard', `${event.key} written by ${event.guard}`);
    const write = {
      sessionId: event.sessionId ?? '',
      resource: `state:${event.key}`,
      mode: 'exclusive' as const,
      token: event.seq,
    };
    for (const other of this.#held.values()) {
      if (this.#meet(write, other)) throw new BrokenPromise('guard', `${event.key} written past ${other.token}`);
    }
    this.#versions.set(event.key, version);
  }

  #wait(event: FleetEvent): void {
    if (event.type === 'lease.queued') {
      const { ticket, seq, resources, mode } = event;
      this.#waiting.set(ticket, {
        ticket,
        seq,
        resources,
        mode,
        sessionId: event.sessionId ?? '',
        agentId: event.agentId ?? '',
        passes: new Set(),
        state: 'waiting',
      });
      return;
    }
    if (!('ticket' in event) || event.ticket === null) return;
    const waiting = this.#waiting.get(event.ticket);
    if (event.type === 'lease.offered') {
      const ticket = waiting ?? this.#revived(event.ticket);
      if (this.#suspended && !event.revived)
        throw new BrokenPromise('rest', `${event.ticket} is offered its turn while granting rests`);
      ticket.state = 'offered';
      return;
    }
    if (waiting === undefined)
      throw new BrokenPromise('ticket', `${event.type} of ${event.ticket}, which does not wait`);
    if (event.type === 'wait.passed') waiting.passes.add(event.passed);
    if (event.type === 'offer.lapsed') waiting.state = 'passed_over';
    if (event.type === 'wait.parked' && waiting.state === 'passed_over') waiting.state = 'waiting';
    if (event.type !== 'wait.ended') return;
    this.#waiting.delete(event.ticket);
    this.#ended.set(event.ticket, waiting);
    if (event.outcome !== 'granted') return;
    if (event.tokens.length !== waiting.resources.length)
      throw new BrokenPromise('all or nothing', `${event.ticket} was granted ${event.tokens.length}`);
    for (const token of event.tokens) {
      if (this.#held.get(token)?.sessionId !== event.sessionId)
        throw new BrokenPromise('tokens', `${token} of ${event.ticket} does not hold`);
    }
  }

  #revived(ticket: string): Waiting {
    const ended = this.#ended.get(ticket);
    if (ended === undefined) throw new BrokenPromise('ticket', `offered ${ticket}, which nobody has`);
    const revived: Waiting = { ...ended, passes: new Set(), state: 'waiting' };
    this.#waiting.set(ticket, revived);
    return revived;
  }

  #meet(a: Held, b: Held): boolean {
    if (a.sessionId === b.sessionId || (a.mode === 'shared' && b.mode === 'shared')) return false;
    // What only meets since names are folded was granted before.
    const folds = this.#foldsSince !== null && Math.max(a.token, b.token) > this.#foldsSince;
    return keysConflict(parseKey(a.resource as ResourceKey), parseKey(b.resource as ResourceKey), folds);
  }
}
