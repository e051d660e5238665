// What appends of this process took. A process that is a guest of a desk appends nothing: the desk's own metrics tell it.

import { Counter, Histogram, type Registry } from 'prom-client';
import type { AppendSeen } from '../../../app/instrument.ts';

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const EVENTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const OWN = 'Of this process alone; a guest of a desk has none.';

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

  see({ appended, tookMs, events }: AppendSeen): void {
    if (!appended) {
      this.#conflicts.inc();
      return;
    }
    this.#seconds.observe(tookMs / 1_000);
    this.#events.observe(events);
  }
}
