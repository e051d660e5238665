import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostMemory } from '../../app/host-memory.ts';
import { openHostMemory } from './host-memory.ts';
import { createPlainLogger } from './plain-logger.ts';
import { systemClock } from './system-clock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-memory-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HASH = 'a'.repeat(64);
const at = (name: string) => join(folder, name);

/** The memory of the fleet whose log is the file of that name; it is what the coordinator asks for. */
function memoryOf(name: string): HostMemory {
  return openHostMemory({
    base: at('state'),
    fleetFolder: at('.brigade'),
    location: `sqlite:${at(name)}`,
    clock: systemClock,
    logger: createPlainLogger('error'),
  });
}

async function sawHead(name: string, epoch: number, seq: number): Promise<void> {
  const memory = memoryOf(name);
  await memory.remember('f_one');
  const keeper = memory.keepWitness('f_one');
  keeper.raise({ epoch, seq, hash: HASH });
  await keeper.close();
  expect(keeper.trouble()).toBeNull();
}

describe('the memory of this host', () => {
  it('knows nothing of a location never seen, and makes nothing by asking', async () => {
    expect(await memoryOf('a.db').fleetId()).toBeNull();
    expect(await memoryOf('a.db').witness('f_one')).toBeNull();
    expect(existsSync(at('state'))).toBe(false);
  });

  it('knows a fleet again after its log was wiped', async () => {
    writeFileSync(at('a.db'), '');
    await sawHead('a.db', 0, 7);
    rmSync(at('a.db'));
    expect(await memoryOf('a.db').fleetId()).toBe('f_one');
    expect(await memoryOf('a.db').witness('f_one')).toMatchObject({ fleetId: 'f_one', epoch: 0, seq: 7, hash: HASH });
  });

  it('knows a moved log by the location that is gone', async () => {
    writeFileSync(at('a.db'), '');
    await sawHead('a.db', 0, 7);
    renameSync(at('a.db'), at('b.db'));
    expect(await memoryOf('b.db').fleetId()).toBeNull();
    expect(await memoryOf('b.db').witness('f_one')).toMatchObject({ seq: 7 });
  });

  it('does not hold the progress of the original against a copy, nor the other way round', async () => {
    writeFileSync(at('a.db'), '');
    await sawHead('a.db', 0, 7);
    writeFileSync(at('copy.db'), '');
    expect(await memoryOf('copy.db').witness('f_one')).toBeNull();
    await sawHead('copy.db', 1, 2 ** 40 + 1);
    expect(await memoryOf('a.db').witness('f_one')).toMatchObject({ epoch: 0, seq: 7 });
    rmSync(at('copy.db'));
    expect(await memoryOf('a.db').witness('f_one')).toMatchObject({ epoch: 0, seq: 7 });
    expect(await memoryOf('copy.db').witness('f_one')).toMatchObject({ epoch: 1 });
  });

  it('takes the highest of several that are gone', async () => {
    await sawHead('a.db', 0, 9);
    await sawHead('b.db', 1, 2 ** 40);
    await sawHead('c.db', 0, 3);
    expect(await memoryOf('d.db').witness('f_one')).toMatchObject({ epoch: 1, seq: 2 ** 40 });
  });
});
