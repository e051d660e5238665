// Gives whoever asks the link to the server that holds the log, and makes one where there is none:
//
//   none ── somebody asks ──> trying ── found, safe, and it has what was seen ──> standing ── it breaks ──> none
//                               │  └── in vain: rest, try again as long as somebody waits
//                               └── refused for a reason that does not pass: told to all who wait
//
// Nothing is tried while nobody asks. Rests grow with failures in a row and differ between processes.

import type { Cancel, Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import { findMaster } from './find-master.ts';
import { InWords, inWords } from './in-words.ts';
import { connectRedis } from './redis-connection.ts';
import { isHopeless, NotInstalled, RedisRefusal, refused, unavailable } from './redis-faults.ts';
import { RedisLink } from './redis-link.ts';
import type { RedisAddress, RedisTarget } from './redis-url.ts';
import { expectSafe } from './server-check.ts';
import { inspectServer, type ServerReport } from './server-report.ts';

export interface LinkKeeperOptions {
  readonly target: RedisTarget;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly deadlineMs: number;
  /** A key of the log, by which a cluster tells where it is kept. */
  readonly probeKey: string;
  /** Before anybody is given the link: throws when this server does not hold what was seen. */
  readonly examine: (link: RedisLink, untilMs: number) => Promise<void>;
  /** A link stands; `isFirst`: the first of this handle. Must not throw. */
  readonly onLinked: (isFirst: boolean) => void;
}

/** What waits for a link at a time. */
const WAITING_MAX = 1_024;
const REST_FIRST_MS = 50;
const REST_MAX_MS = 1_000;
/** How often the Sentinels are asked whether the master is still the master. */
const LOOK_MS = 2_000;
/** For the answer of each of them. */
const SENTINEL_PATIENCE_MS = 1_000;
/** From one server of a cluster to the next. */
const HOPS_MAX = 3;

interface Waiting {
  readonly resolve: (link: RedisLink) => void;
  readonly reject: (error: unknown) => void;
  readonly cancel: Cancel;
}

export class LinkKeeper {
  readonly #options: LinkKeeperOptions;
  readonly #waiting = new Set<Waiting>();
  #link: RedisLink | null = null;
  #report: ServerReport | null = null;
  #isTrying = false;
  #isClosed = false;
  #hadLink = false;
  #failures = 0;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #lastError: unknown = null;
  /** Number of the newest replacement of the master that was heard of. */
  #term = 0;
  #cancelRest: Cancel | null = null;
  #cancelLook: Cancel | null = null;

  constructor(options: LinkKeeperOptions) {
    this.#options = options;
  }

  /** What the server said of itself when the last link was made; null before the first. */
  get report(): ServerReport | null {
    return this.#report;
  }

  /** The link that stands, or the next one. Throws STORE_UNAVAILABLE after `untilMs`, and at once what does not pass by itself. */
  link(untilMs: number): Promise<RedisLink> {
    const { clock, target } = this.#options;
    if (this.#isClosed) return Promise.reject(this.#notOpen());
    if (this.#link !== null) return Promise.resolve(this.#link);
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#restUntilMs && isHopeless(this.#lastError)) return Promise.reject(this.#fault());
    if (this.#waiting.size >= WAITING_MAX)
      return Promise.reject(
        unavailable(target.location, `is waited for by ${WAITING_MAX} calls already.`, { outcome: 'none' }),
      );
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#waiting.delete(waiting);
        reject(this.#fault());
      };
      const waiting: Waiting = { resolve, reject, cancel: clock.after(untilMs - nowMs, late) };
      this.#waiting.add(waiting);
      if (!this.#isTrying) void this.#try();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRest?.();
    this.#cancelLook?.();
    this.#link?.end('the store was closed');
    this.#settle((waiting) => waiting.reject(this.#notOpen()));
  }

  async #try(): Promise<void> {
    this.#isTrying = true;
    while (this.#waiting.size > 0 && !this.#isClosed) {
      await this.#rest();
      // Whoever waited may have given up meanwhile.
      if (this.#waiting.size === 0 || this.#isClosed) break;
      try {
        this.#stand(await this.#make());
      } catch (error) {
        this.#fail(error);
        if (isHopeless(error)) this.#settle((waiting) => waiting.reject(this.#fault()));
      }
    }
    this.#isTrying = false;
  }

  async #make(): Promise<RedisLink> {
    const { clock, deadlineMs, target, examine } = this.#options;
    const untilMs = clock.monotonicMs() + deadlineMs;
    let address = target.server ?? (await this.#findMaster());
    for (let hops = 0; ; hops += 1) {
      const link = await this.#connect(address, untilMs - clock.monotonicMs());
      try {
        const report = await inspectServer(link, untilMs);
        expectSafe(report, { location: target.location, isFound: target.sentinel !== null });
        const moved = report.isCluster && hops < HOPS_MAX ? await this.#keeperOfLog(link, untilMs) : null;
        if (moved === null) {
          await examine(link, untilMs);
          if (!link.isOpen) throw unavailable(target.location, 'has closed the connection.', { outcome: 'none' });
          this.#report = report;
          return link;
        }
        link.end('the log is kept on another server');
        address = moved;
      } catch (error) {
        link.end('it could not be used');
        throw error;
      }
    }
  }

  async #connect(address: RedisAddress, patienceMs: number): Promise<RedisLink> {
    const { target, clock, deadlineMs } = this.#options;
    const { login, tls, database, location } = target;
    const onLost = (cause: Error): void => link.end(inWords(cause), cause);
    const connection = await connectRedis({
      address,
      login,
      tls,
      database,
      clock,
      patienceMs: Math.max(1, patienceMs),
      onLost,
    });
    const link = new RedisLink({
      connection,
      clock,
      location,
      silenceMs: deadlineMs,
      onOver: (why, cause) => this.#over(link, why, cause),
    });
    return link;
  }

  async #findMaster(): Promise<RedisAddress> {
    const { target, clock, deadlineMs } = this.#options;
    // Time must be left for the server itself where a Sentinel keeps silent.
    const patienceMs = Math.min(SENTINEL_PATIENCE_MS, deadlineMs / 2);
    if (target.sentinel === null) throw new TypeError('there are no Sentinels to ask');
    const found = await findMaster({ sentinel: target.sentinel, target, clock, patienceMs });
    // Sentinels that were cut off name a master that the others have replaced.
    if (found.term < this.#term) {
      throw unavailable(target.location, 'is told by Sentinels that have not heard of the last failover.', {
        outcome: 'none',
      });
    }
    this.#term = found.term;
    return found.address;
  }

  /** Where a cluster keeps the log; null: here. */
  async #keeperOfLog(link: RedisLink, untilMs: number): Promise<RedisAddress | null> {
    try {
      await link.send(['EXISTS', this.#options.probeKey], untilMs);
      return null;
    } catch (error) {
      const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(error instanceof RedisRefusal ? error.message : '') ?? [];
      if (host === undefined) throw error;
      return { host: host === '' ? link.address.host : host, port: Number(port) };
    }
  }

  #stand(link: RedisLink): void {
    // Nobody will ask for it any more.
    if (this.#isClosed) {
      link.end('the store was closed');
      return;
    }
    const isFirst = !this.#hadLink;
    this.#hadLink = true;
    this.#link = link;
    this.#failures = 0;
    this.#lastError = null;
    this.#lookLater(link);
    this.#settle((waiting) => waiting.resolve(link));
    this.#options.onLinked(isFirst);
  }

  #over(link: RedisLink, why: string, cause: unknown): void {
    if (this.#link !== link) return;
    this.#link = null;
    this.#cancelLook?.();
    const { location } = this.#options.target;
    this.#lastError = unavailable(location, `cannot be reached: ${why}.`, { cause, outcome: 'none' });
    // All hosts lose a server in the same moment, and should not come back in the same.
    this.#restUntilMs = this.#options.clock.monotonicMs() + this.#options.random() * REST_FIRST_MS;
  }

  #fail(error: unknown): void {
    const { clock, random } = this.#options;
    const restMs = Math.min(REST_MAX_MS, REST_FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#lastError = this.#hasKeptSilent(error) ? new InWords('it does not answer', { cause: error }) : error;
    this.#restUntilMs = clock.monotonicMs() + restMs * (0.5 + random() / 2);
  }

  /** What was asked while a link was made changes nothing, so nothing about it is unknown. */
  #hasKeptSilent(error: unknown): boolean {
    return error instanceof StoreFault && error.details.outcome === 'unknown';
  }

  #rest(): Promise<void> {
    const { clock } = this.#options;
    const restMs = this.#restUntilMs - clock.monotonicMs();
    if (restMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(restMs, resolve, { background: true });
      this.#cancelRest = () => {
        cancel();
        resolve();
      };
    });
  }

  /** A master that was cut off from its Sentinels does not know that it is replaced, but they tell. */
  #lookLater(link: RedisLink): void {
    const { target, clock } = this.#options;
    if (target.sentinel === null) return;
    this.#cancelLook = clock.after(LOOK_MS, () => void this.#look(link), { background: true });
  }

  async #look(link: RedisLink): Promise<void> {
    const { address } = link;
    const now = await this.#findMaster().catch(() => address);
    if (this.#link !== link) return;
    if (now.host === address.host && now.port === address.port) this.#lookLater(link);
    else link.end('the Sentinels name another master');
  }

  #settle(how: (waiting: Waiting) => void): void {
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const waiting of all) {
      waiting.cancel();
      how(waiting);
    }
  }

  /** What stands against a link, for whoever asked for one. */
  #fault(): StoreFault {
    const { location } = this.#options.target;
    const error = this.#lastError;
    if (error instanceof StoreFault) return error;
    if (error instanceof RedisRefusal) return refused(location, error);
    if (error instanceof NotInstalled) {
      const what = 'needs the package @redis/client, which is not installed. Run `npm install @redis/client`.';
      return unavailable(location, what, { cause: error, outcome: 'none' });
    }
    const why = error === null ? 'it has not answered yet' : inWords(error);
    return unavailable(location, `cannot be reached: ${why}.`, { cause: error, outcome: 'none' });
  }

  #notOpen(): StoreFault {
    return unavailable(this.#options.target.location, 'is not open.', { outcome: 'none' });
  }
}
