// One thing is one resource however it is written, and what can name the same thing conflicts: through the real tools, on
// the real file system.

import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let ana: McpAgent;
let bo: McpAgent;

beforeAll(async () => {
  scratch = new Scratch();
  scratch.write('src/a.ts', 'a\n');
  scratch.write('lib/deep/b.ts', 'b\n');
  symlinkSync('src/a.ts', join(scratch.root, 'link.ts'));
  symlinkSync(join(scratch.root, 'src'), join(scratch.root, 'sources'));
  symlinkSync('/etc', join(scratch.root, 'outside'));
  mkdirSync(join(scratch.root, 'app/[id]'), { recursive: true });
  scratch.write('app/[id]/page.tsx', '');
  [ana, bo] = (await scratch.agents(['ana', 'bo'])) as [McpAgent, McpAgent];
});
afterAll(() => scratch.close());

/** What bo hears, asking without waiting while ana holds `held`. */
async function whileHeld(held: string, asked: string): Promise<string> {
  const lease = await ana.acquire(held, { waitMs: 0 });
  const { told } = await bo.call('acquire_lock', { resources: [asked], waitMs: 0 });
  if (told.leases !== undefined) await bo.call('release_lock', { all: true });
  await ana.release(lease);
  return told.code ?? told.status ?? 'nothing';
}

describe('one file', () => {
  it.each([
    './src/a.ts',
    'src/../src/a.ts',
    'src//a.ts',
    'link.ts',
    'sources/a.ts',
    'file:src/a.ts',
    'file:sources/../link.ts',
  ])('is also called %s', async (name) => {
    expect(await whileHeld('src/a.ts', name)).toBe('LEASE_HELD');
    expect(await whileHeld(name, 'src/a.ts')).toBe('LEASE_HELD');
  });

  it('has an absolute name too', async () => {
    expect(await whileHeld('src/a.ts', join(scratch.root, 'sources/a.ts'))).toBe('LEASE_HELD');
  });

  it('is one lease for its holder, whatever it calls it', async () => {
    const first = await ana.acquire('src/a.ts');
    const again = await ana.call('acquire_lock', { resources: ['./src/a.ts', 'link.ts'] });
    expect(again.told.leases).toHaveLength(1);
    expect(again.told.leases?.[0]).toMatchObject({ resource: 'file:src/a.ts', token: first.token });
    const released = await ana.call('release_lock', { leases: [{ resource: 'sources/a.ts', token: first.token }] });
    expect(released.told.released).toEqual([{ resource: 'file:src/a.ts', token: first.token }]);
  });

  it('in another case is the same exactly where the file system says so', async () => {
    const folds = isThere('SRC/A.TS');
    expect(await whileHeld('src/a.ts', 'SRC/a.ts')).toBe(folds ? 'LEASE_HELD' : 'granted');
  });
});

describe('what can name the same thing', () => {
  it.each([
    ['src/**', 'src/a.ts', 'LEASE_HELD'],
    ['src/', 'src/a.ts', 'LEASE_HELD'],
    ['src/**', 'src/not/there/yet.ts', 'LEASE_HELD'],
    ['src/**', 'lib/deep/b.ts', 'granted'],
    ['src/**/*.ts', '**/a.*', 'LEASE_HELD'],
    ['src/**/*.ts', '**/a.js', 'granted'],
    ['src/**/*.ts', 'lib/**/a.*', 'granted'],
    ['src/*.ts', 'src/deep/a.ts', 'granted'],
    ['src/a.ts#parse', 'src/a.ts', 'LEASE_HELD'],
    ['src/a.ts#parse', 'src/a.ts#print', 'granted'],
    ['src/a.ts#Parser', 'src/a.ts#Parser.next', 'LEASE_HELD'],
    ['app/[id]/page.tsx', 'app/i/page.tsx', 'granted'],
    ['app/[id]/page.tsx', 'app/', 'LEASE_HELD'],
    ['task:review', 'task:review', 'LEASE_HELD'],
    ['task:review', 'task:Review', 'granted'],
    ['task:src/a.ts', 'src/a.ts', 'granted'],
  ])('%s held, %s asked: %s', async (held, asked, heard) => {
    expect(await whileHeld(held, asked)).toBe(heard);
    expect(await whileHeld(asked, held)).toBe(heard);
  });
});

describe('what is no resource of this workspace', () => {
  it.each([
    ['../x', 'PATH_OUTSIDE_WORKSPACE'],
    ['/etc/passwd', 'PATH_OUTSIDE_WORKSPACE'],
    ['outside/passwd', 'PATH_OUTSIDE_WORKSPACE'],
    ['.brigade/brigade.db', 'PATH_OUTSIDE_WORKSPACE'],
    ['', 'INVALID_RESOURCE'],
    ['src/a\0.ts', 'INVALID_RESOURCE'],
  ])('%j is %s', async (name, code) => {
    const { isError, told } = await ana.call('acquire_lock', { resources: [name], waitMs: 0 });
    expect({ isError, code: told.code }).toEqual({ isError: true, code });
  });
});

function isThere(path: string): boolean {
  try {
    return statSync(join(scratch.root, path)).isFile();
  } catch {
    return false;
  }
}
