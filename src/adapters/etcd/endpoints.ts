// Which endpoint is asked. The one that answered last is asked again; one that failed rests, longer each time, and the
// others are asked meanwhile. Where all rest, the one that has rested most is asked when its rest is over.

import type { Clock } from '../../ports/clock.ts';
import type { EtcdEndpoint } from './etcd-url.ts';

const REST_MIN_MS = 50;
const REST_MAX_MS = 1_000;

interface Known {
  readonly endpoint: EtcdEndpoint;
  failures: number;
  restsUntilMs: number;
}

export interface Choice {
  readonly endpoint: EtcdEndpoint;
  /** For how much longer it rests. */
  readonly restMs: number;
}

export class Endpoints {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #known: readonly Known[];
  #current: number;

  constructor(endpoints: readonly EtcdEndpoint[], clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#known = endpoints.map((endpoint) => ({ endpoint, failures: 0, restsUntilMs: Number.NEGATIVE_INFINITY }));
    // So that not all hosts ask the same member.
    this.#current = Math.floor(random() * endpoints.length);
  }

  get count(): number {
    return this.#known.length;
  }

  /** The one that answered last, and then the others. */
  get inTurn(): readonly EtcdEndpoint[] {
    return this.#inTurn().map(({ endpoint }) => endpoint);
  }

  choose(): Choice {
    const nowMs = this.#clock.monotonicMs();
    const inTurn = this.#inTurn();
    const rested = inTurn.find(({ restsUntilMs }) => restsUntilMs <= nowMs);
    const next = rested ?? inTurn.reduce((best, each) => (each.restsUntilMs < best.restsUntilMs ? each : best));
    return { endpoint: next.endpoint, restMs: Math.max(0, next.restsUntilMs - nowMs) };
  }

  /** It answered: it is asked next time too. */
  keep(endpoint: EtcdEndpoint): void {
    const index = this.#known.findIndex((each) => each.endpoint === endpoint);
    const known = this.#known[index];
    if (known === undefined) return;
    known.failures = 0;
    known.restsUntilMs = Number.NEGATIVE_INFINITY;
    this.#current = index;
  }

  /** It failed. Of several calls that failed there together, one counts. */
  passOver(endpoint: EtcdEndpoint): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#known.find((each) => each.endpoint === endpoint);
    if (known === undefined || known.restsUntilMs > nowMs) return;
    known.failures += 1;
    const longest = Math.min(REST_MAX_MS, REST_MIN_MS * 2 ** (known.failures - 1));
    known.restsUntilMs = nowMs + longest * (0.5 + this.#random() / 2);
  }

  #inTurn(): readonly Known[] {
    return [...this.#known.slice(this.#current), ...this.#known.slice(0, this.#current)];
  }
}
