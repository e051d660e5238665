// Which keys an edit takes, on a file system in memory: a workspace with a second worktree and a repository of somebody else in it.

import { describe, expect, it } from 'vitest';
import { memoryPathProber } from '../../../test/support/memory-path-prober.ts';
import { isRejection, reject } from '../../core/rejection.ts';
import type { PathProber } from '../../ports/path-prober.ts';
import { type EditPlace, editKeysOf } from './edit-keys.ts';
import type { EditTarget } from './hook-call.ts';

const ENTRIES = [
  'w/src/a.ts',
  'w/src/b.ts',
  'w/docs/',
  'w/.brigade/brigade.db',
  'w/own -> .brigade',
  'w/ping -> pong',
  'w/pong -> ping',
  'w/away -> /tmp',
  'w/trees/side/src/',
  'w/vendor/lib/c.ts',
  'tmp/x.ts',
];

const WORKTREES: Readonly<Record<string, string>> = { '/w/trees/side': 'w2', '/w': 'w1' };
const inPosix = memoryPathProber(ENTRIES, { foldsCase: false });

const worktreeAt = async (folder: string) => {
  const root = Object.keys(WORKTREES).find((each) => `${folder}/`.startsWith(`${each}/`));
  const isForeign = `${folder}/`.startsWith('/w/vendor/');
  return root === undefined || isForeign
    ? reject('PATH_OUTSIDE_WORKSPACE', { message: 'not of this fleet', next: '' })
    : { id: WORKTREES[root] ?? '', root, foldsCase: false };
};

const place: EditPlace = { folder: '/w', worktree: { id: 'w1', root: '/w', foldsCase: false }, scope: 'file' };

async function keys(
  targets: readonly EditTarget[],
  where: Partial<EditPlace> = {},
): Promise<readonly string[] | string> {
  const seat = { prober: inPosix, worktreeAt };
  const found = await editKeysOf(targets, { ...place, ...where }, { fleetFolder: '/w/.brigade', seat });
  if (isRejection(found)) return found.code;
  return found.forbidden === null ? found.keys : `forbidden: ${found.forbidden}`;
}

const paths = (...names: readonly string[]): readonly EditTarget[] => names.map((path) => ({ kind: 'path', path }));
const shell = (command: string): readonly EditTarget[] => [{ kind: 'shell', command }];

describe('the keys of an edit', () => {
  it('are those of its paths, each once, however they are written and wherever they begin', async () => {
    expect(await keys(paths('/w/src/a.ts', 'src/../src/a.ts', 'new/b.ts'))).toEqual([
      'file:@w1/src/a.ts',
      'file:@w1/new/b.ts',
    ]);
    expect(await keys(paths('a.ts'), { folder: '/w/src' })).toEqual(['file:@w1/src/a.ts']);
    expect(await keys(paths('src/a.ts'), { scope: 'repo' })).toEqual(['repo:src/a.ts']);
  });

  it('are of the worktree that the file is in; of the session’s own in a repository within it that has no fleet', async () => {
    expect(await keys(paths('trees/side/src/a.ts'))).toEqual(['file:@w2/src/a.ts']);
    expect(await keys(paths('vendor/lib/c.ts'))).toEqual(['file:@w1/vendor/lib/c.ts']);
    const root = { ...place.worktree, root: '/' };
    expect(await keys(paths('/tmp/x.ts'), { worktree: root })).toEqual(['file:@w1/tmp/x.ts']);
  });

  it('are none of what lies elsewhere, of what is no path, and of links that lead round and round', async () => {
    expect(await keys(paths('/tmp/x.ts', '../tmp/x.ts', 'away/x.ts', 'a\0b', 'ping/x.ts'))).toEqual([]);
    expect(await keys(shell('rm ping'))).toEqual([]);
    expect(await keys([])).toEqual([]);
  });

  it('cannot be told of a name that no key may have', async () => {
    expect(await keys(paths('src/a.ts', 'src/a\nb.ts'))).toBe('INVALID_RESOURCE');
  });

  it("are none at all where one path is Brigade's own, also by a link, and in each worktree", async () => {
    expect(await keys(paths('src/a.ts', '.brigade/policy.json'))).toBe('forbidden: /w/.brigade/policy.json');
    expect(await keys(paths('own/policy.json'))).toBe('forbidden: /w/.brigade/policy.json');
    expect(await keys(paths('trees/side/.brigade/policy.json'))).toBe('forbidden: /w/trees/side/.brigade/policy.json');
    expect(await keys(shell('cp x .brigade/*'))).toBe('forbidden: /w/.brigade');
    expect(await keys(paths('.brigade.md'))).toEqual(['file:@w1/.brigade.md']);
  });
});

describe('the keys of a shell command', () => {
  it('are of what goes into a folder, where it is one, and of the name itself where it is none', async () => {
    expect(await keys(shell('cp x/a.ts x/b.ts docs'))).toEqual(['file:@w1/docs/a.ts', 'file:@w1/docs/b.ts']);
    expect(await keys(shell('cp x/a.ts src/b.ts'))).toEqual(['file:@w1/src/b.ts']);
    expect(await keys(shell('cp x/a.ts not-there'))).toEqual(['file:@w1/not-there']);
  });

  it('are of whatever a pattern matches, in the worktree where it begins', async () => {
    expect(await keys(shell('rm src/*.ts'))).toEqual(['file:@w1/src/*.ts']);
    expect(await keys(shell('rm trees/side/*/x'))).toEqual(['file:@w2/*/x']);
    expect(await keys(shell('rm *.md'))).toEqual(['file:@w1/*.md']);
    expect(await keys(shell('rm /tmp/*'))).toEqual([]);
  });
});

/** The same files as a Windows path names them. */
const inWindows: PathProber = {
  ...inPosix,
  backslashSeparates: true,
  splitAbsolute: (text) =>
    /^C:[\\/]/.test(text) ? { volume: 'C:\\', names: text.slice(3).split(/[\\/]/).filter(Boolean) } : null,
  splitRelative: (text) => text.split(/[\\/]/).filter(Boolean),
  join: ({ names }) => `C:\\${names.join('\\')}`,
};

describe('on Windows', () => {
  const worktree = { id: 'w1', root: 'C:\\w', foldsCase: true };

  async function onWindows(...names: readonly string[]): Promise<unknown> {
    const seat = { prober: inWindows, worktreeAt: () => Promise.resolve(worktree) };
    const found = await editKeysOf(
      paths(...names),
      { folder: 'C:\\w', worktree, scope: 'file' },
      { fleetFolder: 'C:\\w\\.brigade', seat },
    );
    return isRejection(found) ? found.code : (found.forbidden ?? found.keys);
  }

  it('are the same, whichever way a path leans', async () => {
    expect(await onWindows('C:\\w\\src\\a.ts', 'C:/w/src/a.ts', 'src\\b.ts')).toEqual([
      'file:@w1/src/a.ts',
      'file:@w1/src/b.ts',
    ]);
    expect(await onWindows('.brigade\\policy.json')).toBe('C:/w/.brigade/policy.json');
  });
});
