// A connection to the server that holds the log, in use. Each command is bound by the deadline of whoever asks; the link itself
// is over when the server has answered nothing for as long while it was asked:
//
//   open ── the connection breaks, the server is silent, or is not the master any more ──> over
//
// It never opens again: what comes next is another link, and perhaps another server. So what was asked of this one and not
// answered is said to be unknown, and is never sent again.

import type { Cancel, Clock } from '../../ports/clock.ts';
import type { RedisConnection, RedisReply } from './redis-connection.ts';
import { LinkLost, RedisRefusal, unavailable } from './redis-faults.ts';
import type { RedisAddress } from './redis-url.ts';
import type { RedisScript } from './scripts/redis-script.ts';

export interface RedisLinkOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly location: string;
  /** For how long a server that is asked may say nothing at all. */
  readonly silenceMs: number;
  /** Called once, when the link is over. */
  readonly onOver: (why: string, cause: unknown) => void;
}

/** More than one host has under way at a time, and a bound for what waits on a server that does not answer. */
const UNDER_WAY_MAX = 1_024;
/** So long WAIT holds up what comes behind it on this connection. */
const WAIT_STEP_MS = 100;
/** By so much may an answer of WAIT come later than it was asked for: the server looks ten times a second. */
const WAIT_LATE_MS = 150;

export class RedisLink {
  readonly address: RedisAddress;
  readonly #options: RedisLinkOptions;
  #over: string | null = null;
  #underWay = 0;
  /** When the server was asked while it owed nothing, or answered last. */
  #silentSinceMs = 0;
  #cancelWatch: Cancel | null = null;

  constructor(options: RedisLinkOptions) {
    this.address = options.connection.address;
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#over === null;
  }

  /** Gives the connection up. `cause`: what lies behind it, for the log. Harmless to repeat. */
  end(why: string, cause?: unknown): void {
    if (this.#over !== null) return;
    this.#over = why;
    this.#cancelWatch?.();
    this.#options.connection.destroy();
    this.#options.onOver(why, cause);
  }

  /**
   * Sends one command. Throws `RedisRefusal` when the server refuses it, and STORE_UNAVAILABLE when there is no answer until
   * `untilMs`; `details.outcome` says then whether it may have been done.
   */
  send(args: readonly (string | Buffer)[], untilMs: number): Promise<RedisReply> {
    return this.#ask(untilMs, (connection) => connection.send(args));
  }

  /** The same for a command that answers one string, as the bytes that it is. */
  sendForBytes(args: readonly string[], untilMs: number): Promise<Buffer> {
    return this.#ask(untilMs, (connection) => connection.sendForBytes(args));
  }

  /** Runs a script, which the server keeps from then on. */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
    untilMs: number,
  ): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send(['EVALSHA', script.sha1, ...rest], untilMs);
    } catch (error) {
      // Then nothing of it was run.
      if (!(error instanceof RedisRefusal) || error.code !== 'NOSCRIPT') throw error;
      return this.send(['EVAL', script.lua, ...rest], untilMs);
    }
  }

  /** Resolves once so many replicas have everything that was written on this link. */
  async awaitReplicas(count: number, untilMs: number): Promise<void> {
    const { clock, location } = this.#options;
    let have = 0;
    for (;;) {
      const leftMs = untilMs - WAIT_LATE_MS - clock.monotonicMs();
      if (leftMs < 1) break;
      have = await this.#wait(count, Math.min(WAIT_STEP_MS, leftMs), untilMs);
      if (have >= count) return;
    }
    const message = `was confirmed by ${have} of ${count} replicas in time.`;
    throw unavailable(location, message, { outcome: 'unknown' });
  }

  async #wait(count: number, ms: number, untilMs: number): Promise<number> {
    try {
      return Number(await this.send(['WAIT', String(count), String(ms)], untilMs));
    } catch (error) {
      if (!(error instanceof RedisRefusal)) throw error;
      // What was written before was not refused.
      const message = `does not say whether its replicas have what was written (${error.message}).`;
      throw unavailable(this.#options.location, message, { cause: error, outcome: 'unknown' });
    }
  }

  async #ask<T>(untilMs: number, ask: (connection: RedisConnection) => Promise<T>): Promise<T> {
    const { clock, connection, location, silenceMs } = this.#options;
    if (this.#over !== null) throw unavailable(location, `cannot be reached: ${this.#over}.`, { outcome: 'none' });
    if (this.#underWay >= UNDER_WAY_MAX)
      throw unavailable(location, `has not answered ${UNDER_WAY_MAX} calls yet; no more are made.`, {
        outcome: 'none',
      });
    const startedMs = clock.monotonicMs();
    const reply = this.#counted(ask(connection));
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(untilMs - startedMs, () => {
        const message = `did not answer within ${silenceMs} ms.`;
        reject(unavailable(location, message, { outcome: 'unknown' }));
      });
    });
    try {
      return await Promise.race([reply, late]);
    } catch (error) {
      if (!(error instanceof LinkLost)) throw error;
      throw unavailable(location, `was lost before it answered: ${this.#over ?? error.message}.`, {
        cause: error,
        outcome: 'unknown',
      });
    } finally {
      cancel();
    }
  }

  /** Takes note that an answer is owed, until it comes. */
  async #counted<T>(reply: Promise<T>): Promise<T> {
    const { clock, silenceMs } = this.#options;
    if (this.#underWay === 0) this.#silentSinceMs = clock.monotonicMs();
    this.#underWay += 1;
    this.#cancelWatch ??= this.#lookAfter(silenceMs);
    try {
      return await reply;
    } finally {
      this.#underWay -= 1;
      this.#silentSinceMs = clock.monotonicMs();
    }
  }

  #lookAfter(ms: number): Cancel {
    const { clock, silenceMs } = this.#options;
    const look = (): void => {
      this.#cancelWatch = null;
      if (this.#underWay === 0 || this.#over !== null) return;
      const leftMs = this.#silentSinceMs + silenceMs - clock.monotonicMs();
      if (leftMs <= 0) this.end(`it has answered nothing for ${silenceMs} ms`);
      else this.#cancelWatch = this.#lookAfter(leftMs);
    };
    return clock.after(ms, look, { background: true });
  }
}
