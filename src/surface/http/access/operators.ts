// Operators in a browser. `brigade serve --open` prints a one-time code for whoever sits at its terminal; the browser trades
// it for a cookie, and requests of the server's own pages that carry the cookie are made by that operator. Whoever has the
// operator token may type that instead.
//
//   code     made at the terminal ── traded once, within two minutes ──> cookie
//   token    that of the fleet    ── as often as it is typed ──────────> cookie, until the fleet has another token
//   cookie   known by its hash alone ── logout, twelve hours, sixteen others, the end of the server ──> gone
//
// Nothing of it is written anywhere: a server that starts again knows no operator.

import { secretHash } from '../../../app/credentials.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Hasher } from '../../../ports/hasher.ts';
import type { IdSource } from '../../../ports/id-source.ts';
import type { Operator } from '../credential.ts';
import { HTTP_LIMITS } from './http-limits.ts';

export interface OperatorParts {
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
}

interface Held {
  readonly operator: Operator;
  readonly untilMs: number;
}

export class Operators {
  readonly #parts: OperatorParts;
  readonly #codes = new Map<string, Held>();
  readonly #cookies = new Map<string, Held>();

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** A fresh code that makes a browser stand for `operator`. */
  makeCode(operator: Operator): string {
    return this.#make(this.#codes, { operator, ms: HTTP_LIMITS.codeMs, max: HTTP_LIMITS.codes });
  }

  /** The secret of a cookie for `code`, which is worth nothing from now on; null for a code that is not good. */
  trade(code: string): string | null {
    const hash = this.#hash(code);
    const held = this.#find(this.#codes, hash);
    this.#codes.delete(hash);
    if (held === null) return null;
    return this.signIn(held.operator);
  }

  /** The secret of a cookie for `operator`, who was found to be one. */
  signIn(operator: Operator): string {
    return this.#make(this.#cookies, { operator, ms: HTTP_LIMITS.operatorMs, max: HTTP_LIMITS.operatorCookies });
  }

  /** Whom a cookie stands for and for how long, and a name under which its calls are counted. */
  of(secret: string): { readonly operator: Operator; readonly name: string; readonly leftMs: number } | null {
    const name = this.#hash(secret);
    const held = this.#find(this.#cookies, name);
    if (held === null) return null;
    return { operator: held.operator, name, leftMs: held.untilMs - this.#parts.clock.monotonicMs() };
  }

  /** The cookie stands for nobody any more. */
  end(secret: string): void {
    this.#cookies.delete(this.#hash(secret));
  }

  #make(
    kept: Map<string, Held>,
    held: { readonly operator: Operator; readonly ms: number; readonly max: number },
  ): string {
    const secret = this.#parts.ids.newSecret();
    for (const hash of kept.keys()) {
      if (kept.size < held.max) break;
      kept.delete(hash);
    }
    const untilMs = this.#parts.clock.monotonicMs() + held.ms;
    kept.set(this.#hash(secret), { operator: held.operator, untilMs });
    return secret;
  }

  #find(kept: Map<string, Held>, hash: string): Held | null {
    const held = kept.get(hash);
    if (held === undefined) return null;
    if (held.untilMs > this.#parts.clock.monotonicMs()) return held;
    kept.delete(hash);
    return null;
  }

  #hash(secret: string): string {
    return secretHash(this.#parts.hasher, secret);
  }
}
