import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptSession } from '../../ports/state-folder.ts';
import { openFleetMap } from './fleet-map.ts';
import { stateBase } from './state-base.ts';
import { openStateFolder } from './state-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base = () => join(folder, 'home', 'brigade');
const fleetFolder = () => join(folder, 'work', '.brigade');
const open = (where = base()) => openStateFolder({ base: where, fleetId: 'f_1234', fleetFolder: fleetFolder() });
/** No folder can be made below a file, not even by root. */
function closedBase(): string {
  writeFileSync(join(folder, 'file'), '');
  return join(folder, 'file', 'brigade');
}

// Windows has no modes.
const modeOf = (path: string) => (process.platform === 'win32' ? 'none' : (statSync(path).mode & 0o777).toString(8));
const PRIVATE_FILE = process.platform === 'win32' ? 'none' : '600';
const PRIVATE_FOLDER = process.platform === 'win32' ? 'none' : '700';

const KEY = { client: 'claude-code', id: 'one/../terminal' };
const session = (sessionId: string, minute = 0): KeptSession => ({
  fleetId: 'f_1234',
  agentId: 'ana',
  sessionId,
  handle: `secret of ${sessionId}`,
  createdAt: `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`,
});

describe('the state base', () => {
  it.each([
    [{ XDG_STATE_HOME: '/x/state', LOCALAPPDATA: '/l' }, 'linux', '/x/state/brigade'],
    [{ XDG_STATE_HOME: '/x/state' }, 'darwin', '/x/state/brigade'],
    [{ XDG_STATE_HOME: 'relative' }, 'linux', join(homedir(), '.local', 'state', 'brigade')],
    [{ XDG_STATE_HOME: '' }, 'linux', join(homedir(), '.local', 'state', 'brigade')],
    [{}, 'freebsd', join(homedir(), '.local', 'state', 'brigade')],
    [{}, 'darwin', join(homedir(), 'Library', 'Application Support', 'brigade')],
    [{ LOCALAPPDATA: '/l' }, 'win32', '/l/brigade'],
    [{}, 'win32', join(homedir(), 'AppData', 'Local', 'brigade')],
  ] as const)('of %j on %s is %s', (env, platform, expected) => {
    expect(stateBase(env, platform)).toBe(expected);
  });
});

describe('sessions', () => {
  it('are kept per client session', async () => {
    const state = open();
    const other = { client: 'claude-code', id: 'another terminal' };
    expect(await state.keptSession(KEY)).toBeNull();
    expect(await state.keepSession(KEY, session('s1'))).toEqual(session('s1'));
    await state.keepSession(other, session('s2'));
    expect(await open().keptSession(KEY)).toEqual(session('s1'));
    expect(await open().keptSession(other)).toEqual(session('s2'));
    expect(await state.keptSession({ client: 'claude-code:one/..', id: 'terminal' })).toBeNull();
  });

  it('lie outside the workspace, readable by their owner alone, under names that tell nothing', async () => {
    await open().keepSession(KEY, session('s1'));
    const sessions = join(base(), 'f_1234', 'sessions');
    const names = readdirSync(sessions);
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{40}\.json$/)]);
    expect(existsSync(fleetFolder())).toBe(false);
    expect(modeOf(join(sessions, names[0] ?? ''))).toBe(PRIVATE_FILE);
  });

  it('of processes that race, one wins and all hear the same', async () => {
    const kept = await Promise.all(
      Array.from({ length: 10 }, (_, index) => open().keepSession(KEY, session(`s${index}`))),
    );
    expect(new Set(kept.map((each) => each.sessionId)).size).toBe(1);
    expect(await open().keptSession(KEY)).toEqual(kept[0]);
  });

  it('give way only to who knows that they ended', async () => {
    const state = open();
    await state.keepSession(KEY, session('s1'));
    expect(await state.keepSession(KEY, session('s2'), 'another')).toEqual(session('s1'));
    expect(await state.keepSession(KEY, session('s3', 1), 's1')).toEqual(session('s3', 1));
    const race = await Promise.all(['s4', 's5'].map((each) => open().keepSession(KEY, session(each, 2), 's3')));
    expect(race[0]).toEqual(race[1]);
  });

  it('are dropped by their own id only', async () => {
    const state = open();
    await state.keepSession(KEY, session('s1'));
    await state.dropSession(KEY, 's0');
    expect(await state.keptSession(KEY)).toEqual(session('s1'));
    await state.dropSession(KEY, 's1');
    expect(await state.keptSession(KEY)).toBeNull();
    await state.dropSession(KEY, 's1');
  });

  it.each(['', '{', '[]', '{"sessionId":"s1"}'])('that cannot be read (%j) are gone, and make room', async (text) => {
    const state = open();
    await state.keepSession(KEY, session('s1'));
    const [name = ''] = readdirSync(join(base(), 'f_1234', 'sessions'));
    writeFileSync(join(base(), 'f_1234', 'sessions', name), text);
    expect(await state.keptSession(KEY)).toBeNull();
    expect(await state.keepSession(KEY, session('s2'))).toEqual(session('s2'));
  });

  it.runIf(process.platform !== 'win32')('that others could read are refused, not used', async () => {
    await open().keepSession(KEY, session('s1'));
    const [name = ''] = readdirSync(join(base(), 'f_1234', 'sessions'));
    chmodSync(join(base(), 'f_1234', 'sessions', name), 0o644);
    await expect(open().keptSession(KEY)).rejects.toMatchObject({
      rejection: { code: 'CREDENTIAL_WRONG', next: expect.stringContaining('chmod 600') as string },
    });
  });
});

describe('tokens', () => {
  it('are made once, whoever asks at the same time, and replaced on demand', async () => {
    expect(await open().token('operator')).toBeNull();
    const secrets = await Promise.all(
      Array.from({ length: 8 }, (_, index) => open().ensureToken('operator', `secret ${index}`)),
    );
    expect(new Set(secrets).size).toBe(1);
    expect(await open().token('operator')).toBe(secrets[0]);
    expect(await open().token('join')).toBeNull();
    await open().replaceToken('operator', 'rotated');
    expect(await open().ensureToken('operator', 'too late')).toBe('rotated');
  });
});

describe('a state folder that cannot be written', () => {
  it('is read without a complaint', async () => {
    const state = open(closedBase());
    expect(await state.keptSession(KEY)).toBeNull();
    expect(await state.token('operator')).toBeNull();
    expect(state.warning()).toBeNull();
    expect(existsSync(fleetFolder())).toBe(false);
  });

  it('sends secrets into the workspace, privately and with a warning, and there they are found again', async () => {
    const closed = closedBase();
    const state = open(closed);
    await state.keepSession(KEY, session('s1'));
    await state.replaceToken('join', 'joining');
    expect(state.warning()).toContain(join(fleetFolder(), 'state'));
    expect(await open(closed).keptSession(KEY)).toEqual(session('s1'));
    expect(await open(closed).token('join')).toBe('joining');
    const file = join(fleetFolder(), 'state', 'f_1234', 'join-token');
    expect(readFileSync(file, 'utf8')).toBe('joining');
    expect(modeOf(join(fleetFolder(), 'state'))).toBe(PRIVATE_FOLDER);
    expect(modeOf(file)).toBe(PRIVATE_FILE);
  });

  it('does not hide what was kept while it could', async () => {
    const closed = closedBase();
    await open(closed).keepSession(KEY, session('s1'));
    expect(await open().keptSession(KEY)).toEqual(session('s1'));
    expect(await open().keepSession(KEY, session('s2', 1), 's1')).toEqual(session('s2', 1));
    expect(await open().keptSession(KEY)).toEqual(session('s2', 1));
    await open().dropSession(KEY, 's2');
    await open().dropSession(KEY, 's1');
    expect(await open().keptSession(KEY)).toBeNull();
  });
});

it.each(['../x', '', 'a', 'locations', 'machine-id', 'F_1234', 'f/1234', 'x'.repeat(65)])(
  'a fleet id like %j never becomes a path',
  (fleetId) => {
    expect(() => openStateFolder({ base: base(), fleetId, fleetFolder: fleetFolder() })).toThrow(/fleet id/);
  },
);

describe('the map of locations', () => {
  it('remembers the last fleet of a location, and every location of a fleet', async () => {
    const map = () => openFleetMap(base(), fleetFolder());
    expect(await map().fleetIdAt('sqlite:/a')).toBeNull();
    expect(await map().locationsOf('f_1')).toEqual([]);
    await map().remember('sqlite:/a', 'f_1');
    await map().remember('sqlite:/b', 'f_1');
    await map().remember('sqlite:/c', 'f_2');
    expect((await map().locationsOf('f_1')).toSorted()).toEqual(['sqlite:/a', 'sqlite:/b']);
    await map().remember('sqlite:/a', 'f_2');
    expect(await map().fleetIdAt('sqlite:/a')).toBe('f_2');
    expect(await map().locationsOf('f_1')).toEqual(['sqlite:/b']);
  });

  it('survives the loss of the workspace, and stands in it where there is no other place', async () => {
    await openFleetMap(base(), fleetFolder()).remember('sqlite:/a', 'f_1');
    expect(existsSync(fleetFolder())).toBe(false);
    const closed = closedBase();
    await openFleetMap(closed, fleetFolder()).remember('sqlite:/b', 'f_2');
    expect(await openFleetMap(closed, fleetFolder()).fleetIdAt('sqlite:/b')).toBe('f_2');
  });
});
