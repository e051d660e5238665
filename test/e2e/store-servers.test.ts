// A fleet whose log is on a server, as people have it: what they are told of the server, and how its log is kept.

import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containing, matching } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type Ran, Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { Shell } from '../support/shell.ts';
import { PASSWORD, StoreServers, withoutPassword } from '../support/store-servers.ts';

interface Doctor {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly message: string; readonly next: string }[];
  readonly caveats: readonly { readonly code: string; readonly isGrave: boolean }[];
  readonly checks: readonly { readonly name: string; readonly ok: boolean | null; readonly detail: string }[];
}

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

type Env = Readonly<Record<string, string>>;

async function brigade(env: Env, ...args: readonly string[]): Promise<Ran> {
  return withoutPassword(await scratch.brigade(args, { env }));
}

async function doctor(env: Env): Promise<Doctor & { readonly code: number | null }> {
  const { code, stdout } = await brigade(env, 'doctor', '--json');
  return { code, ...(JSON.parse(stdout) as Doctor) };
}

async function granted(env: Env, resource: string): Promise<number> {
  const { stdout, stderr } = await brigade(env, 'acquire', resource, '--json');
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { leases: readonly { token: number }[] }).leases[0]?.token ?? 0;
}

/** Files of the workspace, the home and the state folder that hold this text. */
function filesWith(text: string): readonly string[] {
  return readdirSync(scratch.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}

const KINDS = ['redis', 'etcd'] as const;

describe.each(KINDS)('a fleet in %s', (kind) => {
  let env: Env;

  beforeEach(() => {
    env = { BRIGADE_STORE: servers.fresh(kind) };
  });

  const fleet = (): string => env.BRIGADE_STORE?.split('#')[1] ?? '';
  const ownKeys = async (): Promise<readonly string[]> =>
    (await servers.keys(kind)).filter((key) => key.includes(`:${fleet()}}`) || key.includes(`/${fleet()}/`));

  it('is not made by looking', async () => {
    for (const command of ['status', 'locks', 'agents', 'waits', 'ps', 'diagnose', 'doctor', 'alerts'])
      expect(await brigade(env, command)).toMatchObject({ code: 0 });
    expect(await brigade(env, 'store', 'backup', join(scratch.folder, 'x.db'))).toMatchObject({ code: 8 });
    expect(await ownKeys()).toEqual([]);
  });

  it('is shown by the URL without its password, and by its name', async () => {
    const { stdout } = await brigade(env, 'config');
    expect(stdout).toMatch(new RegExp(`^store +${kind}://127\\.0\\.0\\.1:\\d+#${fleet()} +BRIGADE_STORE$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^fleet +${fleet()} `, 'm'));
    await granted(env, 'task:x');
    expect((await brigade(env, 'status')).stdout).toContain(`#${fleet()}`);
  });

  it('is told of, where it runs well, by doctor', async () => {
    await granted(env, 'task:x');
    const { code, checks, findings } = await doctor(env);
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    const details = Object.fromEntries(checks.map(({ name, detail }) => [name, detail]));
    expect(details).toMatchObject({
      store: matching(kind === 'etcd' ? /reached as root/ : /fleet fleet-\d+, .*survive a power loss/),
      chain: matching(/^\d+ events in \d+ batches, head/),
      rules: containing('hold'),
      hosts: matching(/ \(this one\)$/),
      witness: containing('reaches'),
    });
  });

  it('goes back to a backup in a new epoch, and keeps as history what came after it', async () => {
    const early = await granted(env, 'task:early');
    const { stdout: token } = await brigade(env, 'token', 'operator', '--force');
    const operator = { ...env, BRIGADE_OPERATOR_TOKEN: token.trim() };
    const file = join(scratch.folder, 'backup.db');
    expect(await brigade(env, 'store', 'backup', file)).toMatchObject({
      code: 0,
      stdout: containing('read back and is whole'),
    });
    const late = await granted(env, 'task:late');
    expect(await brigade(env, 'store', 'restore', file)).toMatchObject({ code: 3 });
    const restored = await brigade(operator, 'store', 'restore', file, '--json');
    expect(restored).toMatchObject({ code: 0 });
    expect(JSON.parse(restored.stdout)).toMatchObject({ newEpoch: true, epoch: 1, keptAs: null });
    const { stdout } = await brigade(env, 'locks');
    expect(stdout).toContain('task:early');
    expect(stdout).not.toContain('task:late');
    expect(await granted(env, 'task:late')).toBeGreaterThan(late);
    expect((await brigade(env, 'watch', '--once', '--from', '1')).stdout).toMatch(
      /task:late.*token \d+\)\n.*restored from backup\.db/s,
    );
    expect(await doctor(env)).toMatchObject({ code: 0 });
    expect(await brigade(env, 'check', 'task:early', '--token', String(early))).toMatchObject({ code: 0 });
  });

  it('is restored where nothing is left of it, above every number that was seen', async () => {
    await granted(env, 'task:early');
    const file = join(scratch.folder, 'backup.db');
    await brigade(env, 'store', 'backup', file);
    const last = await granted(env, 'task:late');
    for (const key of await ownKeys())
      await (kind === 'redis' ? servers.redis.ask('DEL', key) : servers.etcd.ctl('del', key));
    expect(await doctor(env)).toMatchObject({ code: 1, findings: [{ code: 'STORE_REGRESSED' }] });
    const { code, shown } = await atTerminal(scratch, ['store', 'restore', file], { env });
    expect({ code, shown }).toMatchObject({ code: 0, shown: containing('Restored') });
    expect(shown).not.toContain(PASSWORD);
    expect(await granted(env, 'task:again')).toBeGreaterThan(last);
    const { stdout } = await brigade(env, 'watch', '--once', '--from', '1', '--json');
    expect(stdout).toMatch(/^{[^\n]*"fleet.founded"/);
    expect(await doctor(env)).toMatchObject({ code: 0, findings: [] });
  });

  it('is restored beside another one, under another name, from the backup of any store', async () => {
    await scratch.brigade(['acquire', 'task:of-the-file']);
    const file = join(scratch.folder, 'backup.db');
    await scratch.brigade(['store', 'backup', file]);
    const other = new Shell(scratch, 'other', env);
    await other.brigade('acquire', 'task:of-others');
    await other.close();
    const refused = await atTerminal(scratch, ['store', 'restore', file], { env });
    expect(refused).toMatchObject({ code: 2, shown: containing('another fleet') });
    const beside = { BRIGADE_STORE: servers.fresh(kind) };
    expect(await atTerminal(scratch, ['store', 'restore', file], { env: beside })).toMatchObject({ code: 0 });
    expect((await brigade(beside, 'locks')).stdout).toContain('task:of-the-file');
    expect((await brigade(env, 'locks')).stdout).toContain('task:of-others');
  });

  it('has one desk for all processes of a host', async () => {
    // What is said of durability is no difference where there is no file.
    const other = { ...env, BRIGADE_DURABILITY: 'process' };
    const [ana, bo] = await Promise.all([scratch.agent({ env }), scratch.agent({ env: other })]);
    await ana.call('acquire_lock', { resources: ['task:a'], waitMs: 0 });
    await bo.call('acquire_lock', { resources: ['task:b'], waitMs: 0 });
    const { stdout } = await brigade(env, 'ps', '--json');
    const { processes } = JSON.parse(stdout) as { processes: readonly { role: string; kind: string }[] };
    expect(
      processes
        .filter((each) => each.kind === 'mcp')
        .map(({ role }) => role)
        .toSorted(),
    ).toEqual(['client', 'desk']);
    expect((await brigade(env, 'doctor')).stdout).toMatch(/^ok +desk +process \d+ .*1 client/m);
    // What is said of it is never a secret, wherever it goes.
    expect(JSON.stringify([await ana.call('fleet_status', {}), await bo.call('diagnose', {})])).not.toContain(PASSWORD);
    expect(filesWith(PASSWORD)).toEqual([]);
  });
});

describe('a server that cannot be reached', () => {
  const gone = { BRIGADE_STORE: `redis://:${PASSWORD}@127.0.0.1:1#kitchen` };

  it('ends every command within its deadline, with what to do', async () => {
    const startedMs = Date.now();
    expect(await brigade(gone, 'locks')).toMatchObject({
      code: 8,
      stderr: matching(/cannot be reached.*this host reaches it/s),
    });
    expect(await brigade(gone, 'acquire', 'task:x')).toMatchObject({
      code: 8,
      stderr: containing('(STORE_UNAVAILABLE)'),
    });
    expect(await doctor(gone)).toMatchObject({
      code: 1,
      findings: [{ code: 'STORE_UNAVAILABLE', next: containing('firewall') }],
    });
    expect(await brigade(gone, 'store', 'backup', join(scratch.folder, 'x.db'))).toMatchObject({ code: 8 });
    expect((await brigade(gone, 'store', 'copy', gone.BRIGADE_STORE, 'sqlite:x.db')).code).toBe(3);
    // Each has a deadline of 5 or 10 seconds, and none waits for it twice.
    expect(Date.now() - startedMs).toBeLessThan(60_000);
  });

  it('refuses a password that is wrong, without saying it', async () => {
    const wrong = { BRIGADE_STORE: servers.redis.url.replace(PASSWORD, `${PASSWORD}x`) };
    const { code, stderr } = await brigade(wrong, 'locks');
    expect(code).toBe(8);
    expect(stderr).toMatch(/password|WRONGPASS|NOAUTH/i);
  });
});

/** A server of this fleet tells it where the pages that people look at ask. */
async function expectServed(env: Env): Promise<void> {
  const served = await ServedProcess.start(scratch, { env });
  try {
    const ask = async (path: string): Promise<unknown> => (await fetch(`${served.url}${path}`)).json();
    const diagnosed = (await ask('/v1/diagnose')) as { findings: readonly { code: string }[] };
    expect(diagnosed.findings.map(({ code }) => code)).toContain('store_caveat');
    const caveat = { code: 'redis_no_persistence', isGrave: true };
    expect(await ask('/v1/system')).toMatchObject({ store: { kind: 'redis', caveats: [caveat] } });
  } finally {
    await served.end();
  }
}

describe('what endangers the log', () => {
  it('is a finding of doctor, and of diagnose', async () => {
    const careless = await RedisServer.start({ config: { appendonly: 'no', save: '""' } });
    try {
      const env = { BRIGADE_STORE: careless.url };
      await granted(env, 'task:x');
      const { code, findings, caveats } = await doctor(env);
      expect(code).toBe(1);
      expect(findings).toEqual([
        { code: 'redis_no_persistence', message: containing('keeps nothing'), next: containing('appendonly yes') },
      ]);
      expect(caveats.filter(({ isGrave }) => isGrave).map((caveat) => caveat.code)).toEqual(['redis_no_persistence']);
      const diagnosed = await brigade(env, 'diagnose');
      expect(diagnosed).toMatchObject({ code: 1, stdout: containing('keeps nothing on its disk') });
      await expectServed(env);
    } finally {
      await careless.stop();
    }
  });

  it('is also what keeps everybody from writing, though nothing can be lost by it', async () => {
    const env = { BRIGADE_STORE: `${servers.redis.url}?replicas=1#alone` };
    const { code, findings } = await doctor(env);
    expect({ code, codes: findings.map((finding) => finding.code) }).toEqual({
      code: 1,
      codes: ['redis_replicas_missing'],
    });
  });
});

describe('a password in a file', () => {
  const config = (): string => join(scratch.root, '.brigade', 'config.json');

  it('is remarked where git would commit it, and where others may read it', async () => {
    await scratch.brigade(['acquire', 'task:x']);
    writeFileSync(config(), JSON.stringify({ store: servers.fresh('redis') }), { mode: 0o600 });
    expect((await brigade({}, 'config')).stdout).not.toContain('git would commit');
    expect(await doctor({})).toMatchObject({ code: 0 });
    scratch.git('add', '--force', '.brigade/config.json');
    expect((await brigade({}, 'config')).stdout).toContain('git would commit the file');
    expect(await doctor({})).toMatchObject({ code: 1, findings: [{ code: 'SECRET_IN_FILE' }] });
    scratch.git('rm', '--cached', '--quiet', '.brigade/config.json');
    writeFileSync(config(), JSON.stringify({ store: servers.fresh('redis') }), { mode: 0o644 });
    chmodSync(config(), 0o644);
    expect(await doctor({})).toMatchObject({
      code: 1,
      findings: [{ code: 'FOLDER_OPEN', message: containing('config.json') }],
    });
  });
});

describe('a URL that is wrong', () => {
  it.each([
    ['redis://', 'needs a host'],
    ['redis://h/x', 'what stands after the host'],
    ['redis://h?ca=x', 'rediss://'],
    ['redis://h?hunter=2', '"hunter"'],
    ['etcd://u@h', 'NAME:PASSWORD@'],
    ['etcds://h?cert=x', 'cert and key belong together'],
    ['redis+sentinel://h', 'MASTER'],
  ])('%s is refused: %s', async (url, because) => {
    expect(await brigade({ BRIGADE_STORE: url }, 'status')).toMatchObject({ code: 2, stderr: containing(because) });
  });

  it('and durability is said not to apply', async () => {
    const env = { BRIGADE_STORE: servers.fresh('redis') };
    expect((await brigade(env, 'locks', '--durability', 'process')).stderr).toContain('does not apply to redis');
  });
});
