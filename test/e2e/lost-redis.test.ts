// Redis loses what it had acknowledged, under hosts that work: started again without its data, or replaced by a replica that had
// lagged. It is noticed and told, granting rests until nobody can believe in anything that was lost, no token comes twice, no old
// one is accepted, and it goes on by itself.

import { afterEach, describe, expect, it } from 'vitest';
import type { HeldToken } from '../support/believed.ts';
import type { Host } from '../support/host-rig.ts';
import { HostSession } from '../support/host-session.ts';
import type { Told } from '../support/mcp-agent.ts';
import { RedisFailover } from '../support/redis-failover.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type AnyServers, TwoHosts } from '../support/two-hosts.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Numbers of an epoch begin at its multiple of this. */
const EPOCH = 2 ** 40;
/** Without a password Redis refuses whoever is not on its own host. */
const OPEN = { 'protected-mode': 'no' } as const;
const TTL_MS = 300_000;
const SLOW_MS = 180_000;
const WITHIN = { withinMs: 60_000, everyMs: 200 } as const;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open<S extends AnyServers>(start: (host: string) => Promise<S>): Promise<TwoHosts<S>> {
  const stage = await TwoHosts.open(start);
  closing.push(() => stage.close());
  return stage;
}

const single = (host: string): Promise<RedisServer> => RedisServer.start({ host, config: OPEN });
const replicated = (host: string): Promise<RedisFailover> => RedisFailover.start({ server: { host, config: OPEN } });

describe('Redis is started again without its data', () => {
  it(
    'under hosts that know it: what they know goes on in a new epoch',
    async () => {
      const { ana, bo, servers, hosts } = await open(single);
      const held = await ana.take('task:soup', TTL_MS);
      const waiting = await inLine(bo, 'task:soup');

      await servers.restart({ withData: false });
      const refusal = await refused(bo);
      expect(refusal).toMatchObject({ code: 'STORE_REGRESSED', retry: 'afterWait' });
      await alertOn(hosts[1]);
      // Her grant is known to those who were there, so her token still holds.
      expect(await checked(ana, held)).toMatchObject({ holds: true });
      await ana.release([held]);
      expect((await waiting.granted)?.token).toBeGreaterThan(EPOCH);
      expect((await taken(ana, 'task:stew')).token).toBeGreaterThan(EPOCH);
      expect(await checked(ana, held)).toMatchObject({ holds: false });
    },
    SLOW_MS,
  );

  it(
    'when nobody is left who knew it: granting rests until nobody can believe any more',
    async () => {
      const { ana, bo, servers, hosts, notes } = await open(single);
      const held = await ana.take('task:soup', TTL_MS);
      await checked(ana, held);
      await Promise.all([ana.agent.kill(), bo.agent.kill()]);
      await servers.restart({ withData: false });

      const cleo = await HostSession.open(await hosts[1].scratch.agent(), 'cleo', notes);
      expect(await refused(cleo)).toMatchObject({ code: 'STORE_REGRESSED', retry: 'afterWait' });
      await alertOn(hosts[1]);
      const lease = await taken(cleo, 'task:soup');
      expect(lease.token).toBeGreaterThan(EPOCH);
      expect(performance.now()).toBeGreaterThan(notes.believed.untilMs(held.token) ?? Number.POSITIVE_INFINITY);
    },
    SLOW_MS,
  );
});

describe('a replica that had lagged takes the place of the master', () => {
  it(
    'under hosts that know what it had missed: that goes on in a new epoch',
    async () => {
      const { ana, bo, servers, hosts } = await open(replicated);
      const early = await ana.take('task:soup', TTL_MS);
      const waiting = await inLine(bo, 'task:soup');
      await servers.inSync();
      await servers.lag();
      await ana.release([early]);
      const late = await waiting.granted;
      if (late === null) throw new Error('bo was not granted it');

      await servers.failOver();
      expect(await refused(ana)).toMatchObject({ code: 'STORE_REGRESSED', retry: 'afterWait' });
      await alertOn(hosts[0]);
      // By the replica it would be hers.
      expect(await checked(ana, early)).toMatchObject({ holds: false, currentToken: late.token });
      expect(await checked(bo, late)).toMatchObject({ holds: true });
      expect((await taken(ana, 'task:stew')).token).toBeGreaterThan(EPOCH);
      expect(await written(ana, early)).toMatchObject({ code: 'TOKEN_STALE' });
      expect(await written(bo, late)).toMatchObject({ version: 1 });
    },
    SLOW_MS,
  );

  it(
    'while whoever knows what it had missed is cut off: two are granted the same, which Redis cannot prevent; one is left, or none',
    async () => {
      const { ana, bo, servers, hosts } = await open(replicated);
      await servers.inSync();
      await servers.lag();
      await hosts[0].cut();
      // Or it would have what the master told it last, from the machine of a master that is dead, as soon as its line is healed.
      await servers.master.hangUpOn(hosts[0].address);
      const lost = await bo.take('task:soup', TTL_MS);
      await hosts[1].cut();
      await servers.failOver();
      await hosts[0].heal();
      const found = await taken(ana, 'task:soup');

      await hosts[1].heal();
      expect(await refused(bo)).toMatchObject({ code: 'STORE_REGRESSED', retry: 'afterWait' });
      await alertOn(hosts[1]);
      expect((await taken(ana, 'task:stew')).token).toBeGreaterThan(EPOCH);
      const holds = [(await checked(ana, found)).holds, (await checked(bo, lost)).holds];
      // By one number nobody could tell them apart.
      expect(holds.filter((each) => each === true)).toHaveLength(found.token === lost.token ? 0 : 1);
      const codes = [(await written(ana, found)).code, (await written(bo, lost)).code];
      expect(codes.map((code) => code === undefined)).toEqual(holds);
    },
    SLOW_MS,
  );
});

/** Asks for something free until that is refused for another reason than that the store is away. */
async function refused(by: HostSession): Promise<Told> {
  return waitUntil(
    'a refusal',
    async () => {
      const { told } = await by.call('acquire_lock', { resources: ['task:anything'], waitMs: 0 });
      return told.code !== undefined && told.code !== 'STORE_UNAVAILABLE' && told;
    },
    WITHIN,
  );
}

/** Asks for it until it is granted. */
async function taken(by: HostSession, resource: string): Promise<HeldToken> {
  return waitUntil(
    `${resource} for ${by.name}`,
    async () => {
      const [lease] = (await by.call('acquire_lock', { resources: [resource], waitMs: 0 })).told.leases ?? [];
      return lease !== undefined && { resource, token: lease.token };
    },
    WITHIN,
  );
}

/** What there is to say of the token, once the log is reached; a session that ended holds nothing. */
async function checked(by: HostSession, lease: HeldToken): Promise<Told> {
  return waitUntil(
    'an answer',
    async () => {
      const { told, text } = await by.call('check_token', { ...lease });
      if (told.code === 'CREDENTIAL_WRONG') return { holds: false };
      if (told.holds === undefined) throw new Error(text);
      return told;
    },
    WITHIN,
  );
}

async function written(by: HostSession, lease: HeldToken): Promise<Told> {
  return (await by.call('put_state', { key: lease.resource, value: by.name, ...lease })).told;
}

/** Resolves once it stands in line. */
async function inLine(by: HostSession, resource: string): Promise<{ readonly granted: Promise<HeldToken | null> }> {
  const granted = by.await(resource, () => false);
  await waitUntil('a place in line', async () => (await by.call('fleet_status', {})).told.counts?.waits === 1);
  return { granted };
}

/** Resolves once it was told; it is over when granting goes on. */
async function alertOn({ scratch }: Host): Promise<void> {
  const isTold = async (): Promise<boolean> => {
    const events = await scratch.events();
    return events.some((event) => event.type === 'alert.opened' && event.code === 'log_regressed');
  };
  await waitUntil('an alert', isTold, WITHIN);
}
