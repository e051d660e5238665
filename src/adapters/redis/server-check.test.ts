import { describe, expect, it } from 'vitest';
import { caveatsOf, survivalOn } from './server-caveats.ts';
import { expectSafe } from './server-check.ts';
import type { ServerConfig, ServerReport } from './server-report.ts';

// What only other servers say than those that tests can start; test/contract/redis-checks.test.ts has the others.

const config: ServerConfig = { appendfsync: 'always', pausesSync: false, hasSavePoints: false, minReplicasToWrite: 0 };

const sound: ServerReport = {
  version: '7.0.15',
  role: 'master',
  follows: null,
  isCluster: false,
  isLoading: false,
  replicas: 0,
  maxMemoryBytes: 0,
  usedMemoryBytes: 1_000_000,
  evictionPolicy: 'noeviction',
  hasAof: true,
  config,
};

const one = { replicas: 0, sentinel: null };
const check = (report: Partial<ServerReport>, isFound = false) =>
  expectSafe({ ...sound, ...report }, { location: 'redis://x', isFound });

describe('a server is looked at before it is trusted', () => {
  it.each(['6.2.0', '6.2.14', '6.10.0', '7.0.0', '10.1.2'])('version %s is new enough', (version) => {
    expect(() => check({ version })).not.toThrow();
  });

  it.each(['6.0.16', '6.1.9', '5.0.14'])('version %s is not', (version) => {
    expect(() => check({ version })).toThrow(`is Redis ${version}. A log needs 6.2.0 or newer`);
  });

  it('is waited for while it reads its data', () => {
    expect(() => check({ isLoading: true })).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
  });

  it('is waited for where the Sentinels have named it and it does not know yet', () => {
    const replica = { role: 'replica', follows: 'other:6379' } as const;
    expect(() => check(replica, true)).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
    expect(() => check(replica)).toThrow(expect.objectContaining({ code: 'STORE_UNSAFE' }));
  });
});

describe('what whoever operates a server is told', () => {
  const codes = (report: Partial<ServerReport>, asked: Parameters<typeof caveatsOf>[1] = one) =>
    caveatsOf({ ...sound, ...report }, asked).map(({ code }) => code);

  it('is nothing where there is nothing to say', () => {
    expect(codes({})).toEqual([]);
    expect(survivalOn(sound)).toBe('host');
  });

  it('says what a user may not ask', () => {
    expect(codes({ config: null })).toEqual(['redis_config_hidden']);
    const [all] = caveatsOf({ ...sound, version: null, hasAof: false, config: null }, one);
    expect(all).toMatchObject({ code: 'redis_config_hidden', isGrave: false });
    expect(survivalOn({ ...sound, config: null })).toBe('process');
  });

  it('says that a failover loses what not all replicas have', () => {
    const two = { replicas: 2 };
    expect(codes(two)).toEqual(['redis_failover_loses']);
    expect(codes(two, { ...one, replicas: 1 })).toEqual(['redis_failover_loses']);
    expect(codes(two, { ...one, replicas: 2 })).toEqual([]);
    expect(codes(two, { ...one, replicas: 3 })).toEqual(['redis_replicas_missing']);
    const sentinel = { addresses: [], master: 'fleet', login: null };
    expect(codes({ replicas: 0 }, { ...one, sentinel })).toEqual(['redis_failover_loses']);
  });

  it('leaves out that two hosts may believe where a master without replicas takes no writes', () => {
    const [without] = caveatsOf({ ...sound, replicas: 1 }, one);
    const [bounded] = caveatsOf({ ...sound, replicas: 1, config: { ...config, minReplicasToWrite: 1 } }, one);
    expect(without?.message).toContain('two hosts may each believe');
    expect(bounded?.message).not.toContain('two hosts may each believe');
  });
});
