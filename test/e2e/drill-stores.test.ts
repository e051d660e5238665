// Drills on a store that others use too: each has a fleet of its own there, and leaves nothing behind.

import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brigadeBin } from '../support/brigade-bin.ts';
import { containing, matching } from '../support/matching.ts';
import { Scratch } from '../support/scratch.ts';
import { StoreServers, withoutPassword } from '../support/store-servers.ts';
import { waitUntil } from '../support/wait-until.ts';

let servers: StoreServers;
let scratch: Scratch;

beforeAll(async () => {
  servers = await StoreServers.start();
}, 60_000);
afterAll(() => servers.stop());
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const urlOf = (kind: 'redis' | 'etcd'): string => (kind === 'redis' ? servers.redis.url : servers.etcd.url);

async function drillKeys(kind: 'redis' | 'etcd'): Promise<readonly string[]> {
  return (await servers.keys(kind)).filter((key) => key.includes('drill-'));
}

/** As somebody who runs it in a terminal, so that a signal reaches it alone. */
function begun(...args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', ...scratch.env };
  return spawn(process.execPath, [brigadeBin, 'drill', ...args], { cwd: scratch.root, env, stdio: 'ignore' });
}

describe.each(['redis', 'etcd'] as const)('a drill on %s', (kind) => {
  it.each(['too-many-cooks', 'silent-holder', 'desk-death'])(
    '%s passes, and leaves nothing there',
    async (name) => {
      const beside = { BRIGADE_STORE: servers.fresh(kind) };
      await scratch.brigade(['acquire', 'task:of-others'], { env: beside });
      const before = await servers.keys(kind);
      const ran = withoutPassword(await scratch.brigade(['drill', name, '--store', urlOf(kind), '--json']));
      expect(ran).toMatchObject({ code: 0 });
      expect(await drillKeys(kind)).toEqual([]);
      expect(await servers.keys(kind)).toEqual(before);
    },
    180_000,
  );

  it('leaves nothing there when it is ended early', async () => {
    const child = begun('silent-holder', '--store', urlOf(kind));
    const ended = new Promise((resolve) => void child.once('exit', resolve));
    await waitUntil('the drill to log something', async () => (await drillKeys(kind)).length > 0, { withinMs: 60_000 });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(await drillKeys(kind)).toEqual([]);
  }, 120_000);
});

describe('what a drill refuses', () => {
  const drill = async (...args: readonly string[]) => withoutPassword(await scratch.brigade(['drill', ...args]));

  it('is a fleet that somebody else may have, and a disk that is not there', async () => {
    const { url } = servers.redis;
    expect(await drill('--store', `${url}#kitchen`)).toMatchObject({
      code: 2,
      stderr: matching(/makes one of its own/),
    });
    expect(await drill('--store', url, '--fleet', 'kitchen')).toMatchObject({ code: 2, stderr: containing('--fleet') });
    expect(await drill('disk-full', '--store', url)).toMatchObject({ code: 2, stderr: containing('fills the disk') });
    expect(await drill('--store', 'redis://')).toMatchObject({ code: 2, stderr: containing('needs a host') });
    expect(await drillKeys('redis')).toEqual([]);
  });
});
