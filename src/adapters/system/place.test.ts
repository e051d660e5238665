import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPlace, machineIdOf, parseIoreg, parseMachineId, parseRegistry } from './place.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'brigade-place-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc'];
/** Not every machine lets its users make namespaces. */
const CAN_UNSHARE =
  process.platform === 'linux' && spawnSync(String(UNSHARE[0]), [...UNSHARE.slice(1), 'true']).status === 0;

/** The place as another process finds it, started by the words given. */
function placeIn([command, ...before]: readonly string[]): string {
  const script = `
    const { findPlace } = await import(${JSON.stringify(new URL('./place.ts', import.meta.url).href)});
    console.log((await findPlace({}, ${JSON.stringify(base)})).placeId);`;
  const args = [...before, '--input-type=module', '-e', script];
  return spawnSync(String(command), args, { encoding: 'utf8' }).stdout.trim();
}

describe('the place of this process', () => {
  it('is the same each time', async () => {
    const place = await findPlace({}, base);
    expect(await findPlace({}, base)).toEqual(place);
    expect(place.placeId).toMatch(/^p_[0-9a-f]{24}$/);
    expect(place.hostName).toBe(hostname());
  });

  it.runIf(process.platform === 'linux')('is made of boot and namespaces', async () => {
    const place = await findPlace({}, base);
    expect(place.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(place.pidNamespace).toMatch(/^pid:\[\d+\]$/);
  });

  it('is the same in another process', async () => {
    expect(placeIn([process.execPath])).toBe((await findPlace({}, base)).placeId);
  });

  it.runIf(CAN_UNSHARE)('is another one in another pid namespace', async () => {
    const inside = placeIn([...UNSHARE, process.execPath]);
    expect(inside).toMatch(/^p_/);
    expect(inside).not.toBe((await findPlace({}, base)).placeId);
  });

  it('is another host where BRIGADE_PLACE says so', async () => {
    const own = await findPlace({ BRIGADE_PLACE: '' }, base);
    const a = await findPlace({ BRIGADE_PLACE: 'a' }, base);
    const b = await findPlace({ BRIGADE_PLACE: 'b' }, base);
    expect(new Set([own, a, b].map((place) => place.placeId)).size).toBe(3);
    expect(new Set([own, a, b].map((place) => place.bootId)).size).toBe(3);
    expect(a.hostName).toBe('a');
  });
});

describe('a machine without an id', () => {
  it('keeps a random one, the same for all that start at once', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => machineIdOf(null, base)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^m_/);
    expect(await machineIdOf(null, base)).toBe(ids[0]);
  });

  it('goes by its name where nothing can be kept', async () => {
    writeFileSync(join(base, 'file'), '');
    expect(await machineIdOf(null, join(base, 'file', 'below'))).toBe(`host-${hostname()}`);
  });

  it('is not asked when there is one', async () => {
    expect(await machineIdOf('abc', base)).toBe('abc');
    expect(existsSync(join(base, 'machine-id'))).toBe(false);
  });
});

describe('what the systems answer', () => {
  it('Linux, also before the first boot is over', () => {
    expect(parseMachineId('3d1219c7c4c5404aaa1f6d2a48adfda4')).toBe('3d1219c7c4c5404aaa1f6d2a48adfda4');
    expect(parseMachineId('uninitialized')).toBeNull();
    expect(parseMachineId(null)).toBeNull();
  });

  it('macOS', () => {
    const output =
      '+-o J314s  <class IOPlatformExpertDevice>\n  "IOPlatformUUID" = "0A1B2C3D-0000-1111-2222-333344445555"\n';
    expect(parseIoreg(output)).toBe('0A1B2C3D-0000-1111-2222-333344445555');
    expect(parseIoreg(null)).toBeNull();
  });

  it('Windows', () => {
    expect(parseRegistry('\r\nHKEY_LOCAL_MACHINE\\X\r\n    MachineGuid    REG_SZ    aa-bb\r\n\r\n')).toBe('aa-bb');
    expect(parseRegistry('\r\nHKEY_LOCAL_MACHINE\\X\r\n    BootId    REG_DWORD    0x1a\r\n')).toBe('0x1a');
    expect(parseRegistry('ERROR: The system was unable to find the specified registry key or value.')).toBeNull();
  });
});
