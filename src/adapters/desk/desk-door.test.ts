import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { DeskDoor, OpenDoor } from '../../ports/desk-door.ts';
import { openProcessTable } from '../system/process-table.ts';
import { randomIds } from '../system/random-ids.ts';
import { systemClock } from '../system/system-clock.ts';
import { openDeskDoor } from './desk-door.ts';

let top = '';
let folder = '';
let runtime = '';
const desks: OpenDoor[] = [];
const servers: Server[] = [];
const hasModes = process.platform !== 'win32';
/** Windows shows every file of its owner as open. */
const privateModes = hasModes ? ['600'] : ['666'];
const uid = process.getuid?.() ?? 0;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'brigade-desk-'));
  folder = join(top, 'fleet');
  runtime = join(top, 'run');
  mkdirSync(folder, { mode: 0o700 });
  mkdirSync(runtime, { mode: 0o700 });
});
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
  for (const server of servers.splice(0)) server.close();
  rmSync(top, { recursive: true, force: true });
});

function doorOf(fleetFolder = folder): DeskDoor {
  return openDeskDoor({
    fleetFolder,
    stateBase: join(top, 'home', 'base'),
    env: { XDG_RUNTIME_DIR: runtime },
    placeId: 'p_here',
    processes: openProcessTable(),
    clock: systemClock,
    ids: randomIds,
  });
}

async function openDesk(door = doorOf()): Promise<OpenDoor> {
  const desk = await door.listen(() => undefined);
  desks.push(desk);
  return desk;
}

async function published(door = doorOf()): Promise<OpenDoor> {
  const desk = await openDesk(door);
  await desk.publish();
  return desk;
}

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8);
}

/** A folder in which the path of a socket is too long by far. */
function longFolder(): string {
  const long = join(top, 'x'.repeat(120));
  mkdirSync(long, { mode: 0o700 });
  return long;
}

function listenAt(path: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy()));
    servers.push(server);
    server.listen(path, () => resolve(server));
  });
}

/** A socket that nobody listens on, as a desk that was killed leaves it. */
async function deadSocket(path: string): Promise<void> {
  const server = await listenAt(`${path}.live`);
  // Node removes the path that it was given, so the file under the other name stays.
  renameSync(`${path}.live`, path);
  server.close();
  await waitUntil('nobody to listen', () => refusesAt(path));
}

function refusesAt(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

const unsafe = { name: 'DeskFault', code: 'unsafe' };
const unusable = { name: 'DeskFault', code: 'unusable' };
const gone = { name: 'DeskFault', code: 'gone' };

describe.runIf(hasModes)('where the socket is', () => {
  it('in the fleet folder, for its owner alone, under a name that is a link', async () => {
    const desk = await published();
    expect(desk.address).toMatch(/^desk\.[0-9a-z]+\.sock$/);
    expect(readlinkSync(join(folder, 'desk.sock'))).toBe(desk.address);
    expect(modeOf(join(folder, desk.address))).toBe('600');
    await desk.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('in the runtime folder where the path would be too long; the name says all of it', async () => {
    const long = longFolder();
    const desk = await published(doorOf(long));
    expect(dirname(desk.address)).toBe(join(runtime, `brigade-${uid}`));
    expect(modeOf(dirname(desk.address))).toBe('700');
    expect(readdirSync(long)).toEqual(['desk.sock']);
    const door = doorOf(long);
    expect(door.find()).toBe(desk.address);
    (await door.connect(desk.address)).destroy();
    await desk.close();
    expect(readdirSync(dirname(desk.address))).toEqual([]);
  });

  it('up to the last byte that fits, in the fleet folder', async () => {
    const most = process.platform === 'linux' ? 107 : 103;
    const name = `/desk.${'x'.repeat(22)}.sock`;
    for (const [extra, isShort] of [
      [0, false],
      [1, true],
    ] as const) {
      const path = join(top, 'y'.repeat(most + extra - name.length - top.length - 1));
      mkdirSync(path, { mode: 0o700 });
      expect((await published(doorOf(path))).address.startsWith('/')).toBe(isShort);
    }
  });

  it('nowhere, where no socket can be made: the fault says what stands against it', async () => {
    await expect(doorOf(join(top, 'none')).listen(() => undefined)).rejects.toThrow('ENOENT');
  });
});

describe.runIf(hasModes)('what is not safe', () => {
  it.each([0o710, 0o701, 0o755])('a fleet folder of mode %o', async (mode) => {
    const desk = await published();
    chmodSync(folder, mode);
    await expect(doorOf().listen(() => undefined)).rejects.toMatchObject(unsafe);
    await expect(doorOf().connect(desk.address)).rejects.toMatchObject(unsafe);
    await expect(desk.publish()).rejects.toMatchObject(unsafe);
  });

  it.runIf(uid === 0)('a fleet folder, or a socket, of somebody else', async () => {
    const desk = await published();
    chownSync(join(folder, desk.address), 12_345, 12_345);
    await expect(doorOf().connect(desk.address)).rejects.toMatchObject(unsafe);
    chownSync(folder, 12_345, 12_345);
    await expect(doorOf().listen(() => undefined)).rejects.toMatchObject(unsafe);
  });

  it('a runtime folder that is open, or a link', async () => {
    const shared = join(runtime, `brigade-${uid}`);
    const door = doorOf(longFolder());
    const desk = await published(door);
    chmodSync(shared, 0o770);
    await expect(door.listen(() => undefined)).rejects.toMatchObject(unsafe);
    await expect(door.connect(desk.address)).rejects.toMatchObject(unsafe);
    chmodSync(shared, 0o700);
    renameSync(shared, join(top, 'elsewhere'));
    symlinkSync(join(top, 'elsewhere'), shared);
    await expect(door.listen(() => undefined)).rejects.toMatchObject(unsafe);
    await expect(door.connect(desk.address)).rejects.toMatchObject(unsafe);
  });

  it.each([
    'elsewhere.sock',
    'desk.sock',
    '../fleet/desk.abcdefgh.sock',
    'sub/desk.abcdefgh.sock',
    './desk.abcdefgh.sock',
    'desk.ABCDEFGH.sock',
    'RUN/desk.abcdefgh.sock',
    'RUN/brigade-UID/../desk.abcdefgh.sock',
    'RUN/brigade-UID/sub/desk.abcdefgh.sock',
    'RUN/brigade-UID/x.sock',
    'FLEET/desk.abcdefgh.sock',
  ])('a name that leads to %s', async (target) => {
    const address = target.replace('RUN', runtime).replace('UID', String(uid)).replace('FLEET', folder);
    symlinkSync(address, join(folder, 'desk.sock'));
    expect(() => doorOf().find()).toThrow(expect.objectContaining(unsafe));
    await expect(doorOf().connect(address)).rejects.toMatchObject(unsafe);
  });

  it('a name that is no link', () => {
    writeFileSync(join(folder, 'desk.sock'), 'desk.abcdefgh.sock');
    expect(() => doorOf().find()).toThrow(expect.objectContaining(unsafe));
  });

  it('a link or a file where the socket should be', async () => {
    await listenAt(join(folder, 'real.sock'));
    symlinkSync('real.sock', join(folder, 'desk.linked00.sock'));
    writeFileSync(join(folder, 'desk.afile000.sock'), '');
    for (const address of ['desk.linked00.sock', 'desk.afile000.sock']) {
      await expect(doorOf().connect(address)).rejects.toMatchObject(unsafe);
    }
  });
});

describe.runIf(hasModes)('connecting', () => {
  it('to a desk that is gone, with and without its socket', async () => {
    await deadSocket(join(folder, 'desk.abcdefgh.sock'));
    await expect(doorOf().connect('desk.abcdefgh.sock')).rejects.toMatchObject(gone);
    await expect(doorOf().connect('desk.ijklmnop.sock')).rejects.toMatchObject(gone);
  });

  it('and announcing a message that is too long: the connection is closed', async () => {
    let messages = 0;
    const door = doorOf();
    const desk = await door.listen((connection) => {
      connection.onMessage = () => {
        messages += 1;
      };
    });
    desks.push(desk);
    const socket = connect(join(folder, desk.address));
    const ends = { count: 0 };
    socket.on('close', () => {
      ends.count += 1;
    });
    socket.write(Buffer.from([0, 0, 0, 1, 0x61, 0x02, 0, 0, 1, 0x62]));
    await waitUntil('the close', () => ends.count === 1);
    expect(messages).toBe(1);
  });
});

describe.runIf(hasModes)('what dead desks left', () => {
  it('goes when a desk publishes; what is alive or not ours stays', async () => {
    const old = await openDesk();
    await deadSocket(join(folder, 'desk.deaddead.sock'));
    symlinkSync('desk.deaddead.sock', join(folder, '.desk.deaddead.draft'));
    symlinkSync('desk.nevernev.sock', join(folder, '.desk.nevernev.draft'));
    symlinkSync(old.address, join(folder, '.desk.alivealive.draft'));
    await deadSocket(join(folder, 'other.sock'));
    writeFileSync(join(folder, 'brigade.db'), '');
    const desk = await published();
    expect(readdirSync(folder).toSorted()).toEqual(
      ['.desk.alivealive.draft', 'brigade.db', old.address, desk.address, 'desk.sock', 'other.sock'].toSorted(),
    );
  });

  it('goes in the runtime folder too', async () => {
    const shared = join(runtime, `brigade-${uid}`);
    mkdirSync(shared, { mode: 0o700 });
    await deadSocket(join(shared, 'desk.deaddead.sock'));
    const desk = await published(doorOf(longFolder()));
    expect(readdirSync(shared).map((name) => join(shared, name))).toEqual([desk.address]);
  });
});

describe.runIf(hasModes)('the published name', () => {
  it('is not given to a desk whose socket was removed', async () => {
    const desk = await openDesk();
    rmSync(join(folder, desk.address));
    await expect(desk.publish()).rejects.toMatchObject(gone);
    expect(existsSync(join(folder, 'desk.sock'))).toBe(false);
  });

  it('that cannot be put there is a fault that says why', async () => {
    mkdirSync(join(folder, 'desk.sock'));
    const desk = await openDesk();
    await expect(desk.publish()).rejects.toMatchObject(unusable);
    expect(desk.isPublished()).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.draft'))).toEqual([]);
  });
});

describe('the key', () => {
  it('is kept in the state base, for its owner alone', async () => {
    const key = await doorOf().key();
    expect(privateModes).toContain(modeOf(join(top, 'home', 'base', 'desk-key')));
    expect(await doorOf().key()).toBe(key);
  });

  it('is kept in the fleet folder where the state base cannot be written', async () => {
    writeFileSync(join(top, 'home'), 'not a folder');
    const keys = await Promise.all(Array.from({ length: 6 }, () => doorOf().key()));
    expect(new Set(keys).size).toBe(1);
    expect(privateModes).toContain(modeOf(join(folder, 'state', 'desk-key')));
  });

  it('is made again where a lost disk cut it short', async () => {
    mkdirSync(join(top, 'home', 'base'), { mode: 0o700, recursive: true });
    writeFileSync(join(top, 'home', 'base', 'desk-key'), 'abc', { mode: 0o600 });
    const keys = await Promise.all(Array.from({ length: 6 }, () => doorOf().key()));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it.runIf(hasModes)('is not used when others can read it', async () => {
    await doorOf().key();
    chmodSync(join(top, 'home', 'base', 'desk-key'), 0o644);
    await expect(doorOf().key()).rejects.toThrow('open to other');
  });

  it('is a fault where neither folder can be written', async () => {
    writeFileSync(join(top, 'home'), 'not a folder');
    writeFileSync(join(folder, 'state'), 'not a folder either');
    await expect(doorOf().key()).rejects.toMatchObject(unusable);
  });
});
