// What only a real file system has. The rest of the contract is test/contract/path-prober.test.ts.

import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AbsolutePath } from '../../ports/path-prober.ts';
import { nodePathProber } from './node-path-prober.ts';

let folder: string;
let directory: AbsolutePath;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brigade-prober-'));
  directory = nodePathProber.splitAbsolute(folder) ?? { volume: '/', names: [] };
});
afterEach(() => rm(folder, { recursive: true }));

describe('the path prober of Node', () => {
  it('does not take two names of one file for one name in two cases', async () => {
    await writeFile(join(folder, 'a.ts'), '');
    if (await nodePathProber.foldsCase(directory)) return; // such a file system cannot hold both
    await link(join(folder, 'a.ts'), join(folder, 'A.TS'));
    expect(await nodePathProber.foldsCase(directory)).toBe(false);
    expect(await nodePathProber.lookUp(directory, 'a.ts')).toEqual({ kind: 'file', name: 'a.ts' });
    expect(await nodePathProber.lookUp(directory, 'A.TS')).toEqual({ kind: 'file', name: 'A.TS' });
  });

  it('judges a folder of names without letters by the folder it lies in', async () => {
    await mkdir(join(folder, 'Inner', '1'), { recursive: true });
    const inner = { ...directory, names: [...directory.names, 'Inner'] };
    expect(await nodePathProber.foldsCase(inner)).toBe(await nodePathProber.foldsCase(directory));
  });

  it('knows a socket for something else than a file', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
    expect(await nodePathProber.lookUp(directory, 's')).toEqual({ kind: 'other', name: 's' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('is at fault when asked to judge what is no directory', async () => {
    const none = { ...directory, names: [...directory.names, 'none'] };
    await expect(nodePathProber.foldsCase(none)).rejects.toThrow('ENOENT');
  });
});
