// What holders believe, and what must never happen while they do: that somebody else is granted the same thing, or
// believes in it too. A belief ends by its time, by its holder's own doing, with its holder's death, or by authority.

import type { FleetEvent, Mode } from '../../../src/core/event.ts';
import { keysConflict } from '../../../src/core/resource/conflict.ts';
import { parseKey, type ResourceKey } from '../../../src/core/resource/resource-key.ts';
import { BrokenPromise } from '../../support/witness.ts';

export interface Belief {
  readonly sessionId: string;
  readonly resource: string;
  readonly mode: Mode;
  readonly token: number;
  readonly untilMs: number;
}

export class Beliefs {
  /** By holder and token: behind a fork two may have been given the same number. */
  readonly #all = new Map<string, Belief>();
  readonly #revoked = new Set<string>();
  /** Agents that were archived or retired, and the sessions that were closed for it. */
  readonly #sentAway = new Set<string>();
  readonly #closed = new Set<string>();
  readonly #keys = new Map<string, ReturnType<typeof parseKey>>();
  #made = 0;

  /** Beliefs that were ever held. */
  get made(): number {
    return this.#made;
  }

  /** Throws when somebody else believes in the same now. */
  believe(belief: Belief, nowMs: number): void {
    const key = keyOf(belief.sessionId, belief.token);
    const known = this.#all.get(key);
    // Authority was faster than the reply.
    if (this.#revoked.has(key) || this.#closed.has(belief.sessionId)) return;
    if (belief.untilMs <= nowMs || (known !== undefined && known.untilMs >= belief.untilMs)) return;
    this.#made += 1;
    this.#all.set(key, belief);
    this.#expectAlone(belief, nowMs, 'believes in');
  }

  forget(sessionId: string, token: number): void {
    this.#all.delete(keyOf(sessionId, token));
  }

  /** The holder gives the resource up, by whichever token it had it. */
  giveUp(holder: string, given: string): void {
    for (const { token, sessionId, resource } of this.#all.values())
      if (sessionId === holder && resource === given) this.forget(holder, token);
  }

  forgetSession(sessionId: string): void {
    for (const { token, sessionId: holder } of this.#all.values()) if (holder === sessionId) this.forget(holder, token);
  }

  /** Throws when `event` grants what somebody else believes in. */
  take(event: FleetEvent, nowMs: number): void {
    if (event.type === 'lease.revoked') {
      this.#revoked.add(keyOf(event.sessionId ?? '', event.token ?? 0));
      this.giveUp(event.sessionId ?? '', event.resource ?? '');
    }
    this.#sendAway(event);
    if (event.type !== 'lease.granted') return;
    const { seq: token, resource = '', mode, sessionId = '' } = event;
    this.#expectAlone({ sessionId, resource, mode, token, untilMs: nowMs }, nowMs, 'is granted');
  }

  /** Who archives or retires an agent cannot ask it first. */
  #sendAway({ type, agentId = '', sessionId = '' }: FleetEvent): void {
    if (type === 'agent.archived' || type === 'agent.retired') this.#sentAway.add(agentId);
    if (type === 'agent.restored') this.#sentAway.delete(agentId);
    if (type !== 'session.closed' || !this.#sentAway.has(agentId)) return;
    this.#closed.add(sessionId);
    this.forgetSession(sessionId);
  }

  #expectAlone(claim: Belief, nowMs: number, what: string): void {
    for (const other of this.#all.values()) {
      if (other.untilMs <= nowMs) this.forget(other.sessionId, other.token);
      else if (this.#conflict(claim, other)) {
        throw new BrokenPromise(
          'belief',
          `${claim.sessionId} ${what} ${claim.resource} (${claim.token}) while ${other.sessionId} believes in ` +
            `${other.resource} (${other.token}) for ${other.untilMs - nowMs} ms more`,
        );
      }
    }
  }

  #conflict(a: Belief, b: Belief): boolean {
    if (a.sessionId === b.sessionId || (a.mode === 'shared' && b.mode === 'shared')) return false;
    return keysConflict(this.#parsed(a.resource), this.#parsed(b.resource), false);
  }

  #parsed(resource: string): ReturnType<typeof parseKey> {
    const known = this.#keys.get(resource) ?? parseKey(resource as ResourceKey);
    this.#keys.set(resource, known);
    return known;
  }
}

function keyOf(sessionId: string, token: number): string {
  return `${sessionId} ${token}`;
}
