// What holders believe. A reply lets a holder act on a lease until *request sent + waitedMs + safeForMs* on its own monotonic
// clock; a frozen holder believes on. The promise is that nobody else is granted the same while it does.
//
// A belief ends early only by the holder's own doing (it asked to release, to withdraw, to hand off, to leave), by its
// death, by hearing that the lease has ended, and by authority: who revokes, archives or retires cannot ask the holder first.

import type { FleetEvent, Mode } from '../../src/core/event.ts';
import { keysConflict } from '../../src/core/resource/conflict.ts';
import { parseKey, type ResourceKey } from '../../src/core/resource/resource-key.ts';
import { BrokenPromise } from '../support/witness.ts';

interface Belief {
  readonly sessionId: string;
  readonly resource: string;
  readonly mode: Mode;
  readonly token: number;
  readonly untilMs: number;
}

export class Beliefs {
  readonly #beliefs = new Map<number, Belief>();
  readonly #forgotten = new Set<number>();
  /** Token -> the one it replaced, by an upgrade, or because a handed lease took its place. */
  readonly #replaced = new Map<number, number>();
  #handed: FleetEvent | null = null;
  /** Agents that were archived or retired, and the sessions that were closed for it. */
  readonly #sentAway = new Set<string>();
  readonly #closed = new Set<string>();
  #longest = 0;
  #foldsNames = false;

  /** How many beliefs were ever held, so that a run that proves nothing is noticed. */
  get count(): number {
    return this.#longest;
  }

  believe(belief: Belief, nowMs: number): void {
    if (belief.untilMs <= nowMs || this.#forgotten.has(belief.token) || this.#closed.has(belief.sessionId)) return;
    const known = this.#beliefs.get(belief.token);
    if (known !== undefined && known.untilMs >= belief.untilMs) return;
    this.#beliefs.set(belief.token, belief);
    this.#longest += 1;
    this.#check(belief, nowMs, 'believes in');
  }

  /** The lease is given up or taken away, and with it every one that it replaced: whoever hears of those late is not fooled. */
  forget(token: number): void {
    for (let each: number | undefined = token; each !== undefined; each = this.#replaced.get(each)) {
      this.#beliefs.delete(each);
      this.#forgotten.add(each);
    }
  }

  forgetSession(sessionId: string): void {
    for (const belief of this.#beliefs.values()) if (belief.sessionId === sessionId) this.#beliefs.delete(belief.token);
  }

  /** Looks at what was logged this moment. */
  read(event: FleetEvent, nowMs: number): void {
    if (event.type === 'names.folded') this.#foldsNames = true;
    this.#sendAway(event);
    if (event.type === 'lease.revoked') this.forget(event.token ?? 0);
    this.#takePlace(event);
    if (event.type !== 'lease.granted') return;
    const { seq: token, resource = '', mode, sessionId = '' } = event;
    if (event.replaces !== null && event.path === 'upgrade') this.#replaced.set(token, event.replaces);
    else if (event.replaces !== null) this.forget(event.replaces);
    this.#check({ sessionId, resource, mode, token, untilMs: 0 }, nowMs, 'is granted');
  }

  /** Whoever accepts a lease beside one of its own has the accepted one in its place, and gives up both with that. */
  #takePlace(event: FleetEvent): void {
    const handed = this.#handed;
    if (event.type === 'lease.granted' && event.path === 'handoff') this.#handed = event;
    const isOwn = event.sessionId === handed?.sessionId && event.resource === handed?.resource;
    const isSameDecision = handed !== null && event.requestId === handed.requestId;
    if (event.type === 'lease.released' && isOwn && isSameDecision) this.#replaced.set(handed.seq, event.token ?? 0);
  }

  #sendAway({ type, agentId = '', sessionId = '' }: FleetEvent): void {
    if (type === 'agent.archived' || type === 'agent.retired') this.#sentAway.add(agentId);
    if (type === 'agent.restored') this.#sentAway.delete(agentId);
    if (type !== 'session.closed' || !this.#sentAway.has(agentId)) return;
    this.#closed.add(sessionId);
    this.forgetSession(sessionId);
  }

  #check(claim: Belief, nowMs: number, what: string): void {
    // Two that only meet since names are folded are both told the truth.
    if (this.#foldsNames) return;
    for (const other of this.#beliefs.values()) {
      if (other.untilMs <= nowMs) this.#beliefs.delete(other.token);
      else if (areApart(claim, other)) continue;
      else {
        const left = other.untilMs - nowMs;
        throw new BrokenPromise(
          'belief',
          `${claim.sessionId} ${what} ${claim.resource} (${claim.token}) while ${other.sessionId} believes in ${other.resource} (${other.token}) for ${left} ms more`,
        );
      }
    }
  }
}

function areApart(a: Belief, b: Belief): boolean {
  if (a.sessionId === b.sessionId || (a.mode === 'shared' && b.mode === 'shared')) return true;
  return !keysConflict(parseKey(a.resource as ResourceKey), parseKey(b.resource as ResourceKey), false);
}
