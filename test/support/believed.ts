// What holders were told to believe, against what was granted to others. A belief ends at *request sent + waitedMs + safeForMs*
// on the clock of whoever asked, which is here the test; whatever is granted to somebody else must come later.

export interface HeldToken {
  readonly resource: string;
  readonly token: number;
}

/** A grant to somebody else of what a belief was about. */
export interface Succession {
  readonly resource: string;
  readonly token: number;
  readonly nextToken: number;
  /** Between the end of the belief and the grant. Negative: both believed. */
  readonly marginMs: number;
}

export interface Grant extends HeldToken {
  /** On the clock of the test; the earliest that it can have been. */
  readonly atMs: number;
}

export class Believed {
  readonly #untilMs = new Map<number, number>();
  readonly #givenUpMs = new Map<number, number>();

  /** An answer that says so. What is over when it is heard, because whoever answers stood still meanwhile, nobody ever believed. */
  told(token: number, { untilMs, heardMs }: { readonly untilMs: number; readonly heardMs: number }): void {
    if (untilMs <= heardMs) return;
    this.#untilMs.set(token, Math.max(untilMs, this.#untilMs.get(token) ?? Number.NEGATIVE_INFINITY));
  }

  /** Its holder asked to give it back, and does not act on it any more, whatever it hears. */
  gaveUp(token: number, atMs: number): void {
    this.#givenUpMs.set(token, Math.min(atMs, this.#givenUpMs.get(token) ?? Number.POSITIVE_INFINITY));
  }

  /** Until when the holder of `token` may have believed in it; null where it never could. */
  untilMs(token: number): number | null {
    const untilMs = this.#untilMs.get(token);
    return untilMs === undefined ? null : Math.min(untilMs, this.#givenUpMs.get(token) ?? Number.POSITIVE_INFINITY);
  }

  /** Each grant of a resource that somebody had believed in, with how much later it was. All leases are exclusive. */
  successions(grants: readonly Grant[]): readonly Succession[] {
    const before = new Map<string, Grant>();
    return grants.flatMap((grant): readonly Succession[] => {
      const last = before.get(grant.resource);
      before.set(grant.resource, grant);
      const untilMs = last === undefined || this.#givenUpMs.has(last.token) ? null : this.untilMs(last.token);
      if (last === undefined || untilMs === null) return [];
      const { resource, token } = last;
      return [{ resource, token, nextToken: grant.token, marginMs: grant.atMs - untilMs }];
    });
  }
}
