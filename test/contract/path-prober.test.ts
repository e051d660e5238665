// What every path prober answers. Run on the file system of this host and on the one in memory.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AbsolutePath } from '../../src/ports/path-prober.ts';
import { type NameWorld, nameWorlds } from '../support/name-worlds.ts';

const ENTRIES = [
  'Src/a.ts',
  'Src/empty/',
  'link -> Src',
  'broken -> ../nowhere',
  'away -> TOP/Src/a.ts',
  '[id]',
  'Ärger',
];

describe.each(nameWorlds)('$name', ({ open }) => {
  let world: NameWorld;
  let top: AbsolutePath;

  beforeAll(async () => {
    world = await open(ENTRIES);
    top = world.prober.splitAbsolute(world.top) ?? { volume: '/', names: [] };
  });
  afterAll(() => world.remove());

  const within = (...names: string[]): AbsolutePath => ({ ...top, names: [...top.names, ...names] });

  it('tells files, directories, links and what is missing', async () => {
    const { prober } = world;
    expect(await prober.lookUp(top, 'Src')).toEqual({ kind: 'directory', name: 'Src' });
    expect(await prober.lookUp(within('Src'), 'a.ts')).toEqual({ kind: 'file', name: 'a.ts' });
    expect(await prober.lookUp(top, '[id]')).toEqual({ kind: 'file', name: '[id]' });
    expect(await prober.lookUp(top, 'link')).toEqual({ kind: 'link', name: 'link', target: 'Src' });
    expect(await prober.lookUp(top, 'broken')).toEqual({ kind: 'link', name: 'broken', target: '../nowhere' });
    expect(await prober.lookUp(top, 'away')).toMatchObject({ target: `${world.top}/Src/a.ts` });
    expect(await prober.lookUp(top, 'none')).toEqual({ kind: 'missing' });
    expect(await prober.lookUp(within('Src'), 'x'.repeat(300))).toEqual({ kind: 'missing' });
    expect(await prober.lookUp(within('none'), 'a')).toEqual({ kind: 'missing' });
    expect(await prober.lookUp(within('Src', 'a.ts'), 'a')).toEqual({ kind: 'missing' });
  });

  it('answers the spelling on disk where case is folded, and else that nothing is there', async () => {
    const folded = world.foldsCase ? { kind: 'directory', name: 'Src' } : { kind: 'missing' };
    expect(await world.prober.lookUp(top, 'SRC')).toEqual(folded);
    const umlaut = world.foldsCase ? { kind: 'file', name: 'Ärger' } : { kind: 'missing' };
    expect(await world.prober.lookUp(top, 'ärger')).toEqual(umlaut);
  });

  it('says of every directory whether it folds case, also of an empty one', async () => {
    expect(await world.prober.foldsCase(top)).toBe(world.foldsCase);
    expect(await world.prober.foldsCase(within('Src'))).toBe(world.foldsCase);
    expect(await world.prober.foldsCase(within('Src', 'empty'))).toBe(world.foldsCase);
  });

  it('splits paths and joins them again', () => {
    const { prober } = world;
    expect(prober.splitAbsolute('src/a.ts')).toBeNull();
    expect(prober.splitAbsolute('/src//a.ts/')).toEqual({ volume: '/', names: ['src', 'a.ts'] });
    expect(prober.splitAbsolute('/a/../b')).toEqual({ volume: '/', names: ['a', '..', 'b'] });
    expect(prober.splitRelative('../a//./b/')).toEqual(['..', 'a', '.', 'b']);
    expect(prober.join(top)).toBe(world.top);
    expect(prober.join({ volume: '/', names: [] })).toBe('/');
  });
});
