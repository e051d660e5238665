import { describe, expect, it } from 'vitest';
import { SetupFault } from '../ports/setup-fault.ts';
import type { Workspace } from '../ports/workspace.ts';
import {
  describeSettings,
  durabilityOf,
  resolveSettings,
  type SettingFlags,
  settingRemarks,
  workspaceStart,
} from './settings.ts';
import { setupRejection } from './setup-rejection.ts';

const WORKSPACE: Workspace = {
  root: '/w/repo',
  repository: null,
  fleetFolder: '/w/repo/.brigade',
  fleetRoot: '/w/repo',
  worktreeIdFile: '/w/repo/.brigade/worktree-id',
  where: 'the current folder',
};
const PATH = '/w/repo/.brigade/config.json';

function resolve(given: { flags?: SettingFlags; env?: Record<string, string>; file?: string } = {}) {
  const file = given.file === undefined ? null : { path: PATH, text: given.file };
  return resolveSettings({ flags: given.flags ?? {}, env: given.env ?? {}, file, workspace: WORKSPACE });
}

function refusalOf(given: Parameters<typeof resolve>[0]): string {
  try {
    resolve(given);
  } catch (error) {
    const rejection = setupRejection(error);
    if (rejection?.code === 'INVALID_ARGUMENT') return rejection.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('where a value comes from', () => {
  it('defaults', () => {
    const settings = resolve();
    expect(Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]))).toEqual({
      root: '/w/repo',
      store: { kind: 'sqlite', path: '/w/repo/.brigade/brigade.db' },
      fleet: 'default',
      host: '127.0.0.1',
      port: 7420,
      agent: null,
      purpose: null,
      client: null,
      durability: 'host',
      desk: 'auto',
      logLevel: 'warn',
      session: null,
      operatorToken: null,
    });
    expect(settings.port).toEqual({ value: 7420, source: 'default', where: 'default' });
  });

  it('a flag goes before the environment, and that before the file', () => {
    const file = '{\n  "port": 1,\n  "durability": "process"\n}';
    const env = { BRIGADE_PORT: '2', BRIGADE_AGENT: 'ana' };
    expect(resolve({ file, env, flags: { port: '3' } }).port).toEqual({ value: 3, source: 'flag', where: '--port' });
    expect(resolve({ file, env }).port).toEqual({ value: 2, source: 'environment', where: 'BRIGADE_PORT' });
    expect(resolve({ file }).port).toEqual({ value: 1, source: 'file', where: `${PATH}:2` });
    expect(resolve({ file, env }).durability).toEqual({ value: 'process', source: 'file', where: `${PATH}:3` });
    expect(resolve({ file, env }).agent.value).toBe('ana');
  });

  it('an empty variable is not set, an empty flag was meant', () => {
    expect(resolve({ env: { BRIGADE_PORT: '', BRIGADE_AGENT: '' } }).agent.value).toBeNull();
    expect(resolve({ flags: { agent: '' } }).agent.value).toBe('');
  });

  it('secrets come from the environment, and are not shown', () => {
    const settings = resolve({ env: { BRIGADE_SESSION: 'hush', BRIGADE_OPERATOR_TOKEN: 'hushhush' } });
    expect(settings.session.value).toBe('hush');
    const rows = describeSettings(settings);
    expect(JSON.stringify(rows)).not.toContain('hush');
    expect(rows).toContainEqual({
      name: 'session',
      value: '(set, not shown)',
      source: 'environment',
      where: 'BRIGADE_SESSION',
    });
    expect(rows).toContainEqual({
      name: 'store',
      value: 'sqlite:/w/repo/.brigade/brigade.db',
      source: 'default',
      where: 'default',
    });
  });

  it('the client gets its normal name, and relative stores start at the folder of the fleet', () => {
    const settings = resolve({ flags: { client: 'Claude Code', store: 'sqlite:x.db' } });
    expect(settings.client.value).toBe('claude-code');
    expect(settings.store.value).toEqual({ kind: 'sqlite', path: '/w/repo/x.db' });
  });

  it('a named fleet has a file of its own', () => {
    const settings = resolve({ env: { BRIGADE_FLEET: 'night' } });
    expect(settings.store.value).toEqual({ kind: 'sqlite', path: '/w/repo/.brigade/brigade-night.db' });
    expect(refusalOf({ flags: { fleet: 'night', store: 'sqlite:x.db' } })).toContain('holds one fleet');
    expect(resolve({ flags: { fleet: 'night', store: 'memory:' } }).store.value).toEqual({ kind: 'memory' });
  });
});

describe('what is refused', () => {
  it.each([
    [{ flags: { port: '70000' } }, '--port: a port is'],
    [{ flags: { port: '-1' } }, '--port: a port is'],
    [{ env: { BRIGADE_PORT: '1e3' } }, 'BRIGADE_PORT: a port is'],
    [{ flags: { durability: 'disk' } }, '--durability: "disk" is none of host, process'],
    [{ env: { BRIGADE_LOG_LEVEL: 'loud' } }, 'BRIGADE_LOG_LEVEL: "loud" is none of silent'],
    [{ flags: { fleet: '../x' } }, '--fleet: a fleet name'],
    [{ flags: { host: 'a b' } }, '--host: a host'],
    [{ flags: { client: '///' } }, '--client: a client name'],
    [{ flags: { store: 'redis://' } }, '--store: redis: needs a host'],
    [{ file: '{"port": "7420"}' }, `${PATH}:1: port: must be a number`],
    [{ file: '{"port": 7.5}' }, `${PATH}:1: a port is`],
    [{ file: '{\n"agent": null}' }, `${PATH}:2: agent: must be a string`],
    [{ file: '{\n\n"stoer": "memory:"}' }, `${PATH}:3: stoer: unknown setting; there are store, fleet`],
    [{ file: '{"__proto__": 1}' }, '__proto__: unknown setting'],
    [{ file: '{"root": "/"}' }, 'root: the file lies below the root'],
    [{ file: '{"session": "x"}' }, 'session: a handle is a secret'],
    [{ file: '{"operatorToken": "x"}' }, 'operatorToken: the operator token is a secret'],
    [{ file: '[]' }, `${PATH}: must hold one object`],
    [{ file: 'null' }, `${PATH}: must hold one object`],
    [{ file: '{\n"port": 1,\n}' }, 'line 3'],
    [{ file: '{\n"port" 1}' }, 'line 2'],
    [{ file: '{\n"port": tru\n}' }, 'is not JSON in line 2'],
    [{ file: '{\n// note\n"port": 1}' }, 'is not JSON in line 2'],
    [{ file: '' }, `${PATH}: is not JSON`],
    [{ file: `{"agent":"${'x'.repeat(64 * 1024)}"}` }, 'is longer than 65536 characters'],
  ])('%j: %s', (given, message) => {
    expect(refusalOf(given)).toContain(message);
  });

  it('everything at once, so that it is mended in one go', () => {
    const message = refusalOf({ flags: { port: 'x' }, env: { BRIGADE_DURABILITY: 'y' }, file: '{"z": 1}' });
    expect(message).toContain('--port');
    expect(message).toContain('BRIGADE_DURABILITY');
    expect(message).toContain('z: unknown setting');
  });

  it('a bad value in the file although a flag hides it, but not a hidden variable', () => {
    expect(refusalOf({ flags: { port: '1' }, file: '{"port": -1}' })).toContain(`${PATH}:1`);
    expect(resolve({ flags: { port: '1' }, env: { BRIGADE_PORT: 'x' } }).port.value).toBe(1);
  });

  it('only by a setup fault; other errors are no refusals', () => {
    expect(setupRejection(new Error('x'))).toBeNull();
    expect(setupRejection(new SetupFault('STORE_UNSAFE', { message: 'm', next: 'n' }))?.code).toBe('STORE_UNSAFE');
  });

  it('a byte order mark is not', () => {
    expect(resolve({ file: '\uFEFF{"port": 1}' }).port.value).toBe(1);
  });
});

describe('where the workspace is looked for', () => {
  const start = (flags: SettingFlags, env: Record<string, string>) => workspaceStart(flags, env, '/cwd');
  const claude = { CLAUDE_PROJECT_DIR: '/project' };

  it.each([
    [{ root: '/flag' }, { BRIGADE_ROOT: '/env', ...claude }, { folder: '/flag', where: '--root', explicit: true }],
    [{}, { BRIGADE_ROOT: '/env', ...claude }, { folder: '/env', where: 'BRIGADE_ROOT', explicit: true }],
    [{}, claude, { folder: '/cwd', where: 'the current folder', explicit: false }],
    [{ client: 'cursor' }, claude, { folder: '/cwd', where: 'the current folder', explicit: false }],
    [{ client: 'claude' }, claude, { folder: '/project', where: 'CLAUDE_PROJECT_DIR', explicit: false }],
    [
      {},
      { BRIGADE_CLIENT: 'claude-code', ...claude },
      { folder: '/project', where: 'CLAUDE_PROJECT_DIR', explicit: false },
    ],
    [{ client: 'claude' }, { BRIGADE_ROOT: '' }, { folder: '/cwd', where: 'the current folder', explicit: false }],
  ])('flags %j, environment %j', (flags, env, expected) => {
    expect(start(flags, env)).toEqual(expected);
  });

  it.each([
    ['--root', 'flag'],
    ['BRIGADE_ROOT', 'environment'],
    ['CLAUDE_PROJECT_DIR', 'environment'],
    ['the current folder', 'default'],
  ])('the setting says what named it: %s', (where, source) => {
    const named = resolveSettings({ flags: {}, env: {}, file: null, workspace: { ...WORKSPACE, where } });
    expect(named.root).toEqual({ value: '/w/repo', source, where });
  });
});

describe('a store that several hosts share', () => {
  it('holds the fleet that the setting names, or its URL', () => {
    const location = { kind: 'redis', url: 'redis://h', fleet: 'night' } as const;
    expect(resolve({ flags: { store: 'redis://h', fleet: 'night' } }).store.value).toEqual(location);
    const named = resolve({ env: { BRIGADE_STORE: 'redis://h#night' } });
    expect(named.store.value).toEqual(location);
    expect(named.fleet).toEqual({ value: 'night', source: 'environment', where: 'BRIGADE_STORE' });
    expect(refusalOf({ flags: { store: 'redis://h#night', fleet: 'day' } })).toMatch(
      /--store: it names the fleet night/,
    );
  });

  it('is shown without its secrets, and durability as what it is', () => {
    const shared = resolve({
      env: { BRIGADE_STORE: 'redis://u:hush@h/2', BRIGADE_FLEET: 'night', BRIGADE_DURABILITY: 'process' },
    });
    // All processes of a fleet keep one log, whatever each of them was set to.
    expect([durabilityOf(shared), durabilityOf(resolve({ flags: { durability: 'process' } }))]).toEqual([
      'host',
      'process',
    ]);
    const rows = describeSettings(shared);
    expect(JSON.stringify(rows)).not.toContain('hush');
    expect(rows.find(({ name }) => name === 'store')?.value).toBe('redis://h:6379/2#night');
    expect(rows.find(({ name }) => name === 'durability')?.value).toBeNull();
  });

  const remarksOn = (given: Parameters<typeof resolve>[0], isFileShared = false) =>
    settingRemarks(resolve(given), isFileShared).map(({ code, where }) => [code, where]);

  it('says that durability does not apply, where somebody set it', () => {
    expect(remarksOn({ flags: { store: 'etcd://h' } })).toEqual([]);
    expect(remarksOn({ flags: { store: 'etcd://h', durability: 'process' } })).toEqual([
      ['DURABILITY_IDLE', '--durability'],
    ]);
    expect(remarksOn({ flags: { durability: 'process' } })).toEqual([]);
    const adviceOn = (store: string) =>
      settingRemarks(resolve({ flags: { store, durability: 'host' } }), false)[0]?.next;
    expect(adviceOn('redis://h')).toContain('set in Redis');
    expect(adviceOn('etcd://h')).toContain('etcd syncs every append');
  });

  it('says where others can read its secret', () => {
    const secret = 'redis://:hush@h';
    const file = `{ "store": "${secret}" }`;
    expect(remarksOn({ flags: { store: secret } })).toEqual([['SECRET_ON_COMMAND_LINE', '--store']]);
    expect(remarksOn({ env: { BRIGADE_STORE: secret } }, true)).toEqual([]);
    expect(remarksOn({ file })).toEqual([]);
    expect(remarksOn({ file }, true)).toEqual([['SECRET_IN_FILE', `${PATH}:1`]]);
    expect(remarksOn({ file: '{ "store": "redis://u@h" }' }, true)).toEqual([]);
    expect(remarksOn({ file: '{ "store": "redis+sentinel://h/m?sentinelPassword=hush" }' }, true)).toHaveLength(1);
    expect(JSON.stringify(settingRemarks(resolve({ file }), true))).not.toContain('hush');
  });
});
