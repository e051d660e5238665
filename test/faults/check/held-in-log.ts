// What a log says of leases and of governed state, followed event by event by rules of its own: names that are equal conflict,
// and no code of Brigade's is asked. Tokens are the numbers of their grants and rise; nobody is granted what another holds;
// only what is held ends; versions count.

import type { FleetEvent, Mode } from '../../../src/core/event.ts';

export interface Held {
  readonly resource: string;
  readonly token: number;
  readonly mode: Mode;
  readonly sessionId: string;
}

const ENDS = new Set(['lease.released', 'lease.expired', 'lease.revoked', 'lease.dropped']);

export class HeldInLog {
  readonly problems: string[] = [];
  readonly #byToken = new Map<number, Held>();
  readonly #entries = new Map<string, { readonly version: number; readonly value: unknown }>();
  #seq = 0;
  #lastToken = 0;

  /** Of a log from number `after` on, while nothing is held that it speaks of. */
  constructor(after = 0) {
    this.#seq = after;
  }

  take(event: FleetEvent): void {
    if (event.seq !== this.#seq + 1) this.#complain(event, `follows ${this.#seq}`);
    this.#seq = event.seq;
    if (event.type === 'lease.granted') this.#grant(event);
    else if (ENDS.has(event.type)) this.#end(event);
    else if (event.type === 'state.put') this.#put(event);
  }

  /** By whoever. */
  on(resource: string): readonly Held[] {
    return [...this.#byToken.values()].filter((held) => held.resource === resource);
  }

  get all(): readonly Held[] {
    return [...this.#byToken.values()];
  }

  get entries(): ReadonlyMap<string, { readonly version: number; readonly value: unknown }> {
    return this.#entries;
  }

  /** The session holds it in a mode that covers `mode`. */
  covers(sessionId: string, resource: string, mode: Mode): boolean {
    return this.on(resource).some(
      (held) => held.sessionId === sessionId && (held.mode === 'exclusive' || mode === 'shared'),
    );
  }

  #grant(event: FleetEvent & { readonly type: 'lease.granted' }): void {
    const { seq, token, resource = '', mode, sessionId = '', replaces } = event;
    if (token !== seq) this.#complain(event, `has token ${token}`);
    if (seq <= this.#lastToken) this.#complain(event, `comes after token ${this.#lastToken}`);
    this.#lastToken = seq;
    if (replaces !== null && !this.#byToken.delete(replaces))
      this.#complain(event, `replaces ${replaces}, which nobody holds`);
    for (const held of this.on(resource)) {
      if (held.sessionId === sessionId || (held.mode === 'shared' && mode === 'shared')) continue;
      this.#complain(event, `gives ${resource} to ${sessionId} while ${held.sessionId} holds it by ${held.token}`);
    }
    this.#byToken.set(seq, { resource, token: seq, mode, sessionId });
  }

  #end(event: FleetEvent): void {
    const held = this.#byToken.get(event.token ?? 0);
    if (held === undefined) this.#complain(event, `ends token ${event.token}, which nobody holds`);
    else if (held.sessionId !== event.sessionId) this.#complain(event, `ends token ${held.token} of ${held.sessionId}`);
    this.#byToken.delete(event.token ?? 0);
  }

  #put(event: FleetEvent & { readonly type: 'state.put' }): void {
    const { key, value, valueVersion, guard, sessionId } = event;
    const before = this.#entries.get(key)?.version ?? 0;
    if (valueVersion !== before + 1) this.#complain(event, `takes ${key} from version ${before} to ${valueVersion}`);
    this.#entries.set(key, { version: valueVersion, value });
    if (guard === null) return;
    const held = this.#byToken.get(guard);
    if (held === undefined || held.sessionId !== sessionId || held.mode !== 'exclusive')
      this.#complain(event, `is written under token ${guard}, which ${sessionId} does not hold`);
  }

  #complain({ seq, type, sessionId }: FleetEvent, what: string): void {
    this.problems.push(`${seq} ${type} (${sessionId ?? '-'}) ${what}`);
  }
}
