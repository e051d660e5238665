// What goes wrong between a caller and Redis, and what it means for the store. A server that refuses a command has not done it;
// when a connection breaks, nobody knows.

import { StoreFault, type StoreFaultCode } from '../../ports/event-store.ts';
import { errorCode } from '../system/error-code.ts';
import { InWords, inWords } from './in-words.ts';

/** The server refused, and did nothing. */
export class RedisRefusal extends Error {
  /** `READONLY`, `NOAUTH` ...: the first word of what it said. */
  readonly code: string;
  constructor(said: string) {
    super(said);
    this.name = 'RedisRefusal';
    this.code = codeOf(said);
  }
}

function codeOf(said: string): string {
  // Before Redis 7 what a command inside a script met is told in the middle of a sentence.
  const [, inScript] = /@user_script:\s*\d+:\s*-?([A-Z]{3,})\b/.exec(said) ?? [];
  if (inScript !== undefined) return inScript;
  // Of these there is nothing but the sentence: a password for a server that wants none, and one connection too many.
  if (said.startsWith('ERR AUTH ')) return 'WRONGPASS';
  if (said.startsWith('ERR max number of clients')) return 'MAXCLIENTS';
  return said.split(' ', 1)[0] ?? '';
}

/** No answer will come. What was asked for may have been done. */
export class LinkLost extends InWords {
  constructor(cause: unknown) {
    super(inWords(cause), { cause });
    this.name = 'LinkLost';
  }
}

export class NotInstalled extends Error {
  constructor(cause: unknown) {
    super('The package @redis/client is not installed.', { cause });
    this.name = 'NotInstalled';
  }
}

interface Meaning {
  readonly code: StoreFaultCode;
  readonly says: string;
  /**
   * `again`: it passes by itself, so it is tried again until the deadline; `elsewhere`: the same, on another connection;
   * `never`: whoever operates the server has to do something.
   */
  readonly helps: 'again' | 'elsewhere' | 'never';
}

const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^(READONLY|MOVED|UNBLOCKED)$/,
    { code: 'STORE_UNAVAILABLE', says: 'this server is not the master any more', helps: 'elsewhere' },
  ],
  [
    /^(LOADING|BUSY|MAXCLIENTS|TRYAGAIN|ASK|CLUSTERDOWN|MASTERDOWN)$/,
    { code: 'STORE_UNAVAILABLE', says: 'the server is not ready', helps: 'again' },
  ],
  [
    /^OOM$/,
    {
      code: 'STORE_UNAVAILABLE',
      says: 'the memory that it may use (maxmemory) is used up. Nothing was written; it goes on by itself once there is more',
      helps: 'never',
    },
  ],
  [
    /^NOREPLICAS$/,
    {
      code: 'STORE_UNAVAILABLE',
      says: 'too few replicas follow it (min-replicas-to-write). Nothing was written; it goes on by itself once there are enough',
      helps: 'never',
    },
  ],
  [
    /^MISCONF$/,
    {
      code: 'STORE_UNAVAILABLE',
      says: 'it cannot write to its disk and takes no writes until it can. Nothing was written',
      helps: 'never',
    },
  ],
  [
    /^(NOAUTH|WRONGPASS)$/,
    {
      code: 'STORE_UNAVAILABLE',
      says: 'it does not take this user and password. Check USER:PASSWORD@ in the store URL',
      helps: 'never',
    },
  ],
  [
    /^NOPERM$/,
    {
      code: 'STORE_UNAVAILABLE',
      says: 'this user may not run a command that Brigade needs; docs/redis.md names them all',
      helps: 'never',
    },
  ],
  [
    /^WRONGTYPE$/,
    {
      code: 'STORE_DAMAGED',
      says: 'something else than a log of Brigade is kept under the names of this fleet. Nothing was written',
      helps: 'never',
    },
  ],
];

const OTHER: Meaning = { code: 'STORE_UNAVAILABLE', says: 'the server refused a command', helps: 'never' };

export function meaningOf(refusal: RedisRefusal): Meaning {
  return MEANINGS.find(([codes]) => codes.test(refusal.code))?.[1] ?? OTHER;
}

/** What the caller hears of a refusal. */
export function refused(location: string, refusal: RedisRefusal): StoreFault {
  const { code, says } = meaningOf(refusal);
  return new StoreFault(code, `${location}: ${says} (${refusal.message.replace(/[.?]$/, '')}).`, {
    cause: refusal,
    details: { location, redisCode: refusal.code, outcome: 'none' },
  });
}

export function unavailable(
  location: string,
  what: string,
  options: { readonly cause?: unknown; readonly outcome: 'none' | 'unknown' },
): StoreFault {
  const { cause, outcome } = options;
  return new StoreFault('STORE_UNAVAILABLE', `${location} ${what}`, { cause, details: { location, outcome } });
}

/** Trying to connect again at once would not help. */
export function isHopeless(error: unknown): boolean {
  if (error instanceof StoreFault) return error.code !== 'STORE_UNAVAILABLE';
  if (error instanceof NotInstalled) return true;
  if (error instanceof RedisRefusal) return meaningOf(error).helps === 'never';
  return /^(ENOENT|EACCES|CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(errorCode(error));
}
