// Who the master is, as its Sentinels have it. All of them are asked: one that was cut off may still name a server that the
// others have replaced. Each replacement has a number, and the highest counts.

import type { Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import { InWords, inWords } from './in-words.ts';
import { connectRedis, type RedisReply } from './redis-connection.ts';
import { NotInstalled, RedisRefusal } from './redis-faults.ts';
import { RedisLink } from './redis-link.ts';
import type { RedisAddress, RedisTarget, RedisTls, SentinelTarget } from './redis-url.ts';

export interface FoundMaster {
  readonly address: RedisAddress;
  /** Number of the replacement that made it the master. */
  readonly term: number;
}

export interface FindOptions {
  readonly sentinel: SentinelTarget;
  readonly target: Pick<RedisTarget, 'tls' | 'location'>;
  readonly clock: Clock;
  readonly patienceMs: number;
}

/** Throws STORE_UNAVAILABLE when no Sentinel answers, and STORE_UNSAFE when they know no such master. */
export async function findMaster(options: FindOptions): Promise<FoundMaster> {
  const { sentinel, target } = options;
  const said = await majorityOf(sentinel.addresses.map((address) => askOne(address, options)));
  const found = said.answers.toSorted((a, b) => b.term - a.term)[0];
  if (found !== undefined) return found;
  const [error] = said.errors;
  if (error instanceof NotInstalled) throw error;
  if (error instanceof RedisRefusal && error.code === 'ERR') {
    const message = `is known to Sentinels that have no master called ${sentinel.master} (${error.message}).`;
    throw new StoreFault('STORE_UNSAFE', `${target.location} ${message}`, { cause: error });
  }
  if (error instanceof RedisRefusal) throw error;
  throw new StoreFault(
    'STORE_UNAVAILABLE',
    `${target.location} cannot be found: no Sentinel answers (${whyNot(error)}).`,
    {
      cause: error,
      details: { location: target.location, outcome: 'none' },
    },
  );
}

function whyNot(error: unknown): string {
  if (!(error instanceof StoreFault)) return inWords(error);
  return error.cause === undefined ? 'they keep silent' : inWords(error.cause);
}

interface Gathered {
  readonly answers: readonly FoundMaster[];
  readonly errors: readonly unknown[];
}

/** Resolves once more than half have answered, or none is left to answer. */
function majorityOf(asked: readonly Promise<FoundMaster>[]): Promise<Gathered> {
  const answers: FoundMaster[] = [];
  const errors: unknown[] = [];
  return new Promise((resolve) => {
    const consider = (): void => {
      const isEnough = answers.length > asked.length / 2 || answers.length + errors.length === asked.length;
      if (isEnough) resolve({ answers, errors });
    };
    for (const one of asked) {
      one
        .then(
          (answer) => answers.push(answer),
          (error: unknown) => errors.push(error),
        )
        .finally(consider);
    }
  });
}

async function askOne(
  address: RedisAddress,
  { sentinel, target, clock, patienceMs }: FindOptions,
): Promise<FoundMaster> {
  const untilMs = clock.monotonicMs() + patienceMs;
  const link = await linkTo(address, { sentinel, tls: target.tls, location: target.location, clock, patienceMs });
  try {
    return masterIn(await link.send(['SENTINEL', 'MASTER', sentinel.master], untilMs));
  } finally {
    link.end('it was asked what it knows');
  }
}

interface LinkTo {
  readonly sentinel: SentinelTarget;
  readonly tls: RedisTls | null;
  readonly location: string;
  readonly clock: Clock;
  readonly patienceMs: number;
}

async function linkTo(
  address: RedisAddress,
  { sentinel, tls, location, clock, patienceMs }: LinkTo,
): Promise<RedisLink> {
  const connection = await connectRedis({
    address,
    login: sentinel.login,
    tls,
    database: 0,
    clock,
    patienceMs,
    onLost: () => undefined,
  });
  return new RedisLink({ connection, clock, location, silenceMs: patienceMs, onOver: () => undefined });
}

/** From the list of names and values that a Sentinel answers. */
function masterIn(reply: RedisReply): FoundMaster {
  const flat = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
  const value = (name: string): string => String(flat[flat.indexOf(name) + 1] ?? '');
  const [host, port, term] = [value('ip'), Number(value('port')), Number(value('config-epoch'))];
  if (host === '' || !(port > 0)) throw new InWords('a Sentinel did not say where its master is');
  return { address: { host, port }, term };
}
