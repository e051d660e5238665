// What appends of this process took. A process that is a guest of a desk appends nothing: the desk's own metrics tell it.

import { Counter, Histogram, type Registry } from 'prom-client';
import type { AppendSeen } from '../../../app/instrument.ts';

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const EVENTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const OWN = 'Of this process alone; a guest of a desk has none.';

/** How long appends took. Quantiles are as exact as the buckets are narrow; null before the first append. */
export interface CommitFigures {
  readonly count: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Each with those that took at most so long and longer than the one before it; null: longer than all. */
  readonly buckets: readonly { readonly leMs: number | null; readonly count: number }[];
}

export class StoreMeters {
  readonly #seconds: Histogram;
  readonly #events: Histogram;
  readonly #conflicts: Counter;

  constructor(register: Registry) {
    const registers = [register];
    this.#seconds = new Histogram({
      name: 'brigade_commit_seconds',
      help: `How long an append took until it was durable. ${OWN}`,
      buckets: SECONDS,
      registers,
    });
    this.#events = new Histogram({
      name: 'brigade_commit_batch_size',
      help: `Events that one append made durable together. ${OWN}`,
      buckets: EVENTS,
      registers,
    });
    this.#conflicts = new Counter({
      name: 'brigade_store_conflicts_total',
      help: `Appends that another process was faster than, and that were decided again. ${OWN}`,
      registers,
    });
  }

  /** What was measured since this process began. */
  async figures(): Promise<CommitFigures> {
    const { values } = await this.#seconds.get();
    const figureOf = (name: string): number => values.find(({ metricName }) => metricName === name)?.value ?? 0;
    const count = figureOf('brigade_commit_seconds_count');
    const meanMs = count === 0 ? null : (figureOf('brigade_commit_seconds_sum') * 1_000) / count;
    const upTo = values
      .filter(({ metricName }) => metricName === 'brigade_commit_seconds_bucket')
      .map(({ labels, value }) => ({ leMs: Number(labels.le) * 1_000, count: value }));
    return {
      count,
      meanMs,
      p50Ms: quantileOf(upTo, 0.5),
      p99Ms: quantileOf(upTo, 0.99),
      buckets: upTo.map(({ leMs, count: sum }, i) => ({
        leMs: Number.isFinite(leMs) ? Math.round(leMs) : null,
        count: sum - (upTo[i - 1]?.count ?? 0),
      })),
    };
  }

  see({ appended, tookMs, events }: AppendSeen): void {
    if (!appended) {
      this.#conflicts.inc();
      return;
    }
    this.#seconds.observe(tookMs / 1_000);
    this.#events.observe(events);
  }
}

interface UpTo {
  readonly leMs: number;
  /** Of all that took at most so long. */
  readonly count: number;
}

/** Within a bucket they are taken to lie evenly; what lies beyond all bounds is told as the last bound. */
function quantileOf(upTo: readonly UpTo[], share: number): number | null {
  const wanted = share * (upTo.at(-1)?.count ?? 0);
  if (wanted === 0) return null;
  const i = upTo.findIndex(({ count }) => count >= wanted);
  const [lower = { leMs: 0, count: 0 }, upper = lower] = [upTo[i - 1], upTo[i]];
  if (!Number.isFinite(upper.leMs)) return lower.leMs;
  return lower.leMs + ((wanted - lower.count) / (upper.count - lower.count)) * (upper.leMs - lower.leMs);
}

const known = new WeakMap<object, StoreMeters>();

/** Those that count for the server of `fleet`. */
export function keepStoreMeters(fleet: object, meters: StoreMeters): void {
  known.set(fleet, meters);
}

export function storeMetersOf(fleet: object): StoreMeters | null {
  return known.get(fleet) ?? null;
}
