// How often a view is asked for again. Whatever it costs to answer and to read, it takes at most a twentieth of the time: a small
// fleet is shown four times a second, a huge one every few seconds, and neither server nor page is ever busy with showing.

/** Never sooner: a page is drawn four times a second. */
const LEAST_MS = 250;
/** Rests so many times as long as it took: a page shows several views, and the server has agents to serve. */
const REST = 19;
/** Some things change without an event: whether a process runs, how long an agent was silent. */
const SLOW_MS = 10_000;

export interface Timers {
  now(): number;
  after(ms: number, act: () => void): () => void;
}

const windowTimers: Timers = {
  now: () => performance.now(),
  after(ms, act) {
    const timer = window.setTimeout(act, ms);
    return () => window.clearTimeout(timer);
  },
};

/** Asks again when told that something changed, and slowly when not. */
export class Pace {
  readonly #ask: () => Promise<unknown>;
  readonly #timers: Timers;
  #isAsking = false;
  #isWanted = false;
  #isOver = false;
  #readyAt = 0;
  #cancel: () => void = () => undefined;

  constructor(ask: () => Promise<unknown>, timers: Timers = windowTimers) {
    this.#ask = ask;
    this.#timers = timers;
    this.#readyAt = timers.now() + LEAST_MS;
    this.#rest();
  }

  /** What is shown is not so any more. */
  changed(): void {
    if (this.#isOver) return;
    if (this.#isAsking || this.#isWanted) {
      this.#isWanted = true;
      return;
    }
    this.#isWanted = true;
    this.#cancel();
    this.#cancel = this.#timers.after(Math.max(0, this.#readyAt - this.#timers.now()), () => void this.#run());
  }

  end(): void {
    this.#isOver = true;
    this.#cancel();
  }

  async #run(): Promise<void> {
    this.#isWanted = false;
    this.#isAsking = true;
    const began = this.#timers.now();
    await this.#ask().catch(/* A failure shows itself where it was asked for. */ () => undefined);
    const ended = this.#timers.now();
    this.#isAsking = false;
    this.#readyAt = ended + Math.max(LEAST_MS, REST * (ended - began));
    if (this.#isOver) return;
    if (this.#isWanted) {
      this.#isWanted = false;
      this.changed();
    } else this.#rest();
  }

  #rest(): void {
    this.#cancel = this.#timers.after(Math.max(SLOW_MS, this.#readyAt - this.#timers.now()), () => void this.#run());
  }
}
