// How the fleet and this process stand at the moment of a scrape. When the log cannot be read, what it would tell is left out
// instead of told as it was: a line that stops says more than one that lies.

import { Gauge, type Registry } from 'prom-client';
import type { Coordinator, Health } from '../../../app/coordinator.ts';
import type { CountsView } from '../../../core/view/views.ts';
import type { Clock } from '../../../ports/clock.ts';

/** A log that answers later than this counts as one that cannot be read: a scrape does not wait for it. */
const LOOK_MS = 2_000;

export interface FleetGaugesParts {
  readonly register: Registry;
  readonly coordinator: Pick<Coordinator, 'view' | 'health'>;
  readonly clock: Clock;
}

export class FleetGauges {
  readonly #parts: FleetGaugesParts;
  readonly #ready: Gauge;
  readonly #held: Gauge;
  readonly #waiters: Gauge;
  readonly #oldest: Gauge;
  readonly #sessions: Gauge<'state'>;
  readonly #agents: Gauge<'lifecycle'>;
  readonly #alerts: Gauge<'code'>;
  readonly #queued: Gauge;
  readonly #parked: Gauge;

  constructor(parts: FleetGaugesParts) {
    this.#parts = parts;
    const gauge = <L extends string = never>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
      new Gauge({ name, help, labelNames, registers: [parts.register] });
    this.#ready = gauge('brigade_ready', '1 while the log can be read and granting goes on, else 0.');
    this.#held = gauge('brigade_locks_held', 'Leases that are held.');
    this.#waiters = gauge('brigade_lock_waiters', 'Waits that stand in line or have an offer.');
    this.#oldest = gauge('brigade_lock_queue_max_age_seconds', 'How long the longest of these waits has lasted.');
    this.#sessions = gauge(
      'brigade_sessions',
      'Sessions: live ones, and ended ones as long as they are remembered.',
      'state',
    );
    this.#agents = gauge('brigade_agents', 'Agents that were ever registered, by what they are now.', 'lifecycle');
    this.#queued = gauge('brigade_calls_queued', 'Calls that wait to be decided by this process.');
    this.#parked = gauge('brigade_calls_parked', 'Calls that wait at this process for a lease or a message.');
    this.#alerts = gauge('brigade_alerts_open', 'Alerts that are open.', 'code');
  }

  /** Never rejects. */
  async look(): Promise<void> {
    const counts = await this.#counts();
    const { trouble, queued, parked } = this.#parts.coordinator.health();
    this.#tellProcess({ queued, parked });
    if (counts === null) this.#forget();
    else this.#tell(counts);
    this.#ready.set(counts?.isGranting === true && trouble === null ? 1 : 0);
  }

  async #counts(): Promise<CountsView | null> {
    const { coordinator, clock } = this.#parts;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = clock.after(LOOK_MS, () => resolve(null), { background: true });
    try {
      return await Promise.race([coordinator.view({ kind: 'counts' }), late]);
    } catch {
      // What is wrong with the log is in its health, and told to whoever asks it for something.
      return null;
    } finally {
      cancel();
    }
  }

  #tell({ leases, waits, longestWaitMs, sessions, agents, alerts }: CountsView): void {
    this.#held.set(leases);
    this.#waiters.set(waits);
    this.#oldest.set(longestWaitMs / 1_000);
    for (const [state, count] of Object.entries(sessions)) this.#sessions.set({ state }, count);
    for (const [lifecycle, count] of Object.entries(agents)) this.#agents.set({ lifecycle }, count);
    for (const [code, count] of Object.entries(alerts)) this.#alerts.set({ code }, count);
  }

  #tellProcess({ queued, parked }: Pick<Health, 'queued' | 'parked'>): void {
    this.#queued.set(queued);
    this.#parked.set(parked);
  }

  #forget(): void {
    for (const gauge of [this.#held, this.#waiters, this.#oldest]) gauge.remove();
    this.#sessions.reset();
    this.#agents.reset();
    this.#alerts.reset();
  }
}
