// Pairs on each store, and on the locks of others.

import { cookHere, openLibrary } from '../../../../test/support/library-cook.ts';
import { Scratch } from '../../../../test/support/scratch.ts';
import { closedLoop, type Pace, type Rate } from '../../load/closed-loop.ts';
import { cookPair } from '../../load/cook-pair.ts';
import { paceOf } from '../../load/pace.ts';
import { BareLog, BODY } from '../../peers/bare-log.ts';
import { bareStore } from '../../peers/bare-store.ts';
import { LOCK_LIBRARIES, type LockLibrary } from '../../peers/locks/lock-library.ts';
import { type Place, startPlace } from '../../peers/servers.ts';
import type { Ask, Row, Survives } from '../../section.ts';
import { deskRate } from '../pairs/through-desk.ts';

const CALLERS = [1, 32] as const;

type RateOf = (callers: number) => Promise<Rate>;

export async function measure(ask: Ask): Promise<readonly Row[]> {
  const pace = paceOf(ask);
  const rows = [
    ...(await ownRows({ name: 'memory', what: 'Brigade in memory', survives: 'memory', store: 'memory:' }, pace)),
    ...(await ownRows({ name: 'sqlite', what: 'Brigade on SQLite', survives: 'disk', bare: 'sqlite' }, pace)),
    ...(await rowsOf(
      { name: 'desk', what: 'Brigade on SQLite, through a desk', survives: 'disk', bare: 'sqlite' },
      (callers) => deskRate(callers, pace),
    )),
    ...(await bareSqlite(pace)),
  ];
  for (const needs of ['folder', 'redis', 'etcd'] as const) {
    const place = await startPlace(needs);
    if (place === null) continue;
    try {
      if (needs !== 'folder') rows.push(...(await sharedRows(needs, place, pace)));
      for (const library of LOCK_LIBRARIES.filter((one) => one.needs === needs))
        rows.push(...(await libraryRows(library, place, pace)));
    } finally {
      await place.close();
    }
  }
  return rows;
}

interface Named {
  readonly name: string;
  readonly what: string;
  readonly survives: Survives;
  readonly bare?: string;
}

async function rowsOf({ name, what, survives, bare }: Named, rate: RateOf): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of CALLERS) {
    const beside = bare === undefined ? {} : { bare: `stores.bare-${bare}.${size}` };
    rows.push({ id: `stores.${name}.${size}`, what, size, survives, cells: await rate(size), ...beside });
  }
  return rows;
}

/** One coordinator in this process, which writes the store itself. */
async function ownRows(named: Named & { readonly store?: string }, pace: Pace): Promise<readonly Row[]> {
  const env = named.store === undefined ? {} : { BRIGADE_STORE: named.store, BRIGADE_PLACE: 'bench' };
  const scratch = new Scratch({ env: { ...env, BRIGADE_DESK: 'off' } });
  try {
    const fleet = await openLibrary(scratch.root, scratch.env);
    const cooks = await Promise.all(
      Array.from({ length: Math.max(...CALLERS) }, (_, i) => cookHere(fleet, `cook-x${i}x`)),
    );
    const rows = await rowsOf(named, (callers) =>
      closedLoop(callers, pace, (i) => cookPair(cooks[i], `task:dish-${i}`)),
    );
    await fleet.close();
    return rows;
  } finally {
    await scratch.close();
  }
}

/** Ours on this server, and the same number of bare writes to it. */
async function sharedRows(needs: 'redis' | 'etcd', { place }: Place, pace: Pace): Promise<readonly Row[]> {
  const name = needs === 'redis' ? 'Redis' : 'etcd';
  const own = await ownRows(
    { name: needs, what: `Brigade on ${name}`, survives: 'disk', bare: needs, store: place },
    pace,
  );
  const bare = await bareStore(needs, place);
  try {
    const what = `bare ${name}, a write each`;
    const rows = await rowsOf({ name: `bare-${needs}`, what, survives: 'disk' }, (callers) =>
      closedLoop(callers, pace, async (i) => {
        await bare.write(`bench:${i}`, BODY);
        await bare.write(`bench:${i}`, BODY);
      }),
    );
    return [...own, ...rows];
  } finally {
    await bare.close();
  }
}

async function bareSqlite(pace: Pace): Promise<readonly Row[]> {
  const scratch = new Scratch();
  const log = await BareLog.open(scratch.folder);
  try {
    const what = 'bare SQLite, one sync for all who wait';
    return await rowsOf({ name: 'bare-sqlite', what, survives: 'disk' }, (callers) =>
      closedLoop(callers, pace, async () => {
        await log.append(BODY);
        await log.append(BODY);
      }),
    );
  } finally {
    await log.close();
    await scratch.close();
  }
}

async function libraryRows(library: LockLibrary, { place }: Place, pace: Pace): Promise<readonly Row[]> {
  const locks = await library.open(place);
  try {
    return await rowsOf(library, (callers) =>
      closedLoop(callers, pace, async (i) => (await locks.lock(`dish-${i}`))()),
    );
  } finally {
    await locks.close();
  }
}
