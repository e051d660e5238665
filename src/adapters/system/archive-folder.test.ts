// Names of archives after a power loss: what is synced can be seen by which folders are opened for it, and by nothing else.

import type * as promises from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openArchiveFolder } from './archive-folder.ts';

const opened = vi.hoisted((): string[] => []);

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  const open: typeof real.open = (path, ...rest) => {
    opened.push(String(path));
    return real.open(path, ...rest);
  };
  return { ...real, open };
});

async function* lines(): AsyncIterable<string> {
  await Promise.resolve();
  yield '{}';
}

it('syncs the name of an archive and of every folder that leads to it, also where somebody else made them', async () => {
  const root = await mkdtemp(join(tmpdir(), 'brigade-archive-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const path = join(root, 'far', 'archives');
  const folder = openArchiveFolder(path);
  await folder.write('f1/1-2.gz', lines());
  expect(opened).toEqual([join(path, 'f1'), path, dirname(path), root]);
  opened.length = 0;
  await folder.write('f1/3-4.gz', lines());
  expect(opened).toEqual([join(path, 'f1'), path, dirname(path)]);
  expect((await folder.names()).toSorted()).toEqual(['f1/1-2.gz', 'f1/3-4.gz']);
});
