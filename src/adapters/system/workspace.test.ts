import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workspace } from '../../ports/workspace.ts';
import { ensureFleetFolder } from './fleet-folder.ts';
import { findWorkspace } from './workspace.ts';
import { ensureWorktreeId, readWorktreeId } from './worktree-id.ts';

let base = '';
const home = process.env.HOME;
beforeEach(() => {
  base = realpathSync.native(mkdtempSync(join(tmpdir(), 'brigade-workspace-')));
});
afterEach(() => {
  if (home === undefined) delete process.env.HOME;
  else process.env.HOME = home;
  rmSync(base, { recursive: true, force: true });
});

const at = (...names: string[]) => join(base, ...names);

function folder(...names: string[]): string {
  mkdirSync(at(...names), { recursive: true });
  return at(...names);
}

function git(where: string, ...args: string[]): string {
  const env = { PATH: process.env.PATH, HOME: base, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const own = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...own, ...args], { cwd: where, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function repository(...names: string[]): string {
  const where = folder(...names);
  git(where, 'init', '-q', '-b', 'main');
  git(where, 'commit', '-q', '--allow-empty', '-m', 'first');
  return where;
}

const from = (where: string): Workspace =>
  findWorkspace({ folder: where, where: 'the current folder', explicit: false });
const named = (where: string): Workspace => findWorkspace({ folder: where, where: '--root', explicit: true });

describe('in a repository', () => {
  it('the workspace is its top, from any folder in it', () => {
    const main = repository('repo');
    const deep = folder('repo', 'src', 'deep');
    expect(from(deep)).toEqual({
      root: main,
      repository: { root: main, gitDir: join(main, '.git'), commonDir: join(main, '.git'), mainWorktree: main },
      fleetFolder: join(main, '.brigade'),
      fleetRoot: main,
      worktreeIdFile: join(main, '.git', 'brigade-worktree-id'),
      where: 'the current folder',
    });
    expect(named(deep).root).toBe(main);
  });

  it('all worktrees share the fleet of the main one, and each has an id of its own', async () => {
    const main = repository('repo');
    git(main, 'worktree', 'add', '-q', '../elsewhere/feature');
    git(main, 'worktree', 'add', '-q', '.worktrees/inside');
    const found = [main, at('elsewhere', 'feature'), join(main, '.worktrees', 'inside')].map(from);
    expect(found.map((each) => each.fleetFolder)).toEqual(Array(3).fill(join(main, '.brigade')));
    expect(found.map((each) => each.root)).toEqual([
      main,
      at('elsewhere', 'feature'),
      join(main, '.worktrees', 'inside'),
    ]);
    const ids = await Promise.all(found.map((each) => ensureWorktreeId(each.worktreeIdFile)));
    expect(new Set(ids).size).toBe(3);
    expect(found[1]?.worktreeIdFile).toBe(join(main, '.git', 'worktrees', 'feature', 'brigade-worktree-id'));
  });

  it('a moved worktree keeps its id and its fleet', async () => {
    const main = repository('repo');
    git(main, 'worktree', 'add', '-q', '../feature');
    const before = await ensureWorktreeId(from(at('feature')).worktreeIdFile);
    git(main, 'worktree', 'move', at('feature'), at('moved'));
    expect(await readWorktreeId(from(at('moved')).worktreeIdFile)).toBe(before);
    expect(from(at('moved')).fleetFolder).toBe(join(main, '.brigade'));
  });

  it('a moved repository takes its worktree ids along', async () => {
    const id = await ensureWorktreeId(from(repository('repo')).worktreeIdFile);
    renameSync(at('repo'), at('renamed'));
    expect(from(at('renamed')).fleetFolder).toBe(at('renamed', '.brigade'));
    expect(await readWorktreeId(from(at('renamed')).worktreeIdFile)).toBe(id);
  });

  it('a submodule is a repository of its own, and its worktrees join it', () => {
    repository('library');
    const main = repository('repo');
    git(main, 'submodule', '--quiet', 'add', at('library'), 'lib');
    const sub = join(main, 'lib');
    const commonDir = join(main, '.git', 'modules', 'lib');
    expect(from(sub)).toMatchObject({ root: sub, fleetFolder: join(sub, '.brigade') });
    expect(from(sub).repository).toEqual({ root: sub, gitDir: commonDir, commonDir, mainWorktree: sub });
    git(sub, 'worktree', 'add', '-q', at('lib-feature'));
    expect(from(at('lib-feature')).fleetFolder).toBe(join(sub, '.brigade'));
    expect(from(main).fleetFolder).toBe(join(main, '.brigade'));
  });

  it('.git may be a link, and the root may be reached by one', () => {
    const main = repository('repo');
    renameSync(join(main, '.git'), at('store'));
    symlinkSync(at('store'), join(main, '.git'));
    symlinkSync(main, at('link'));
    git(main, 'worktree', 'add', '-q', at('feature'));
    expect(from(at('link')).root).toBe(main);
    // A git directory kept elsewhere has no way back to its worktree, so no worktree may be preferred.
    expect([main, at('feature')].map((each) => from(each).fleetFolder)).toEqual(Array(2).fill(at('store', 'brigade')));
  });

  it('a separate git directory serves all its worktrees', () => {
    const main = folder('repo');
    git(main, 'init', '-q', '-b', 'main', '--separate-git-dir', at('store'));
    git(main, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(main, 'worktree', 'add', '-q', at('feature'));
    expect([main, at('feature')].map((each) => from(each).fleetFolder)).toEqual(Array(2).fill(at('store', 'brigade')));
    expect(from(main).root).toBe(main);
  });

  it.each(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR'])('%s moves nothing', (name) => {
    const main = repository('repo');
    process.env[name] = repository('other');
    const found = from(main);
    delete process.env[name];
    expect(found.fleetFolder).toBe(join(main, '.brigade'));
  });

  it('started inside the git directory, the worktree is meant', () => {
    const main = repository('repo');
    expect(from(join(main, '.git', 'refs')).root).toBe(main);
    expect(from(join(main, '.git')).root).toBe(main);
  });

  it('an empty .git folder is none', () => {
    const main = repository('repo');
    folder('repo', 'sub', '.git');
    expect(from(at('repo', 'sub')).root).toBe(main);
  });

  it('a .git file that points nowhere is refused, until the folder is named', () => {
    const broken = folder('broken', 'src');
    writeFileSync(at('broken', '.git'), 'gitdir: /nowhere/.git/worktrees/x\n');
    expect(() => from(broken)).toThrow(/points to \/nowhere/);
    expect(named(at('broken'))).toMatchObject({ root: at('broken'), repository: null });
    expect(() => named(broken)).toThrow(/points to/);
    writeFileSync(at('broken', '.git'), 'nonsense');
    expect(() => from(broken)).toThrow(/points to nothing/);
    // Once it was read by a pattern that took the cube of the blanks.
    writeFileSync(at('broken', '.git'), `gitdir:${' '.repeat(8_000)}x\ny`);
    expect(() => from(broken)).toThrow(/points to nothing/);
  });
});

describe('without a main worktree', () => {
  it.each(['proj.git', join('proj', '.bare'), join('proj', '.git')])('a bare %s serves its worktrees', (bare) => {
    const source = repository('source');
    git(base, 'clone', '-q', '--bare', source, bare);
    if (bare.endsWith('.bare')) writeFileSync(at('proj', '.git'), 'gitdir: ./.bare\n');
    git(at(bare), 'worktree', 'add', '-q', at('one'));
    git(at(bare), 'worktree', 'add', '-q', at('proj', 'two'));
    const found = [at(bare), at('one'), at('proj', 'two')].map(from);
    expect(found.map((each) => each.fleetFolder)).toEqual(Array(3).fill(at(bare, 'brigade')));
    expect(found.map((each) => each.repository?.mainWorktree)).toEqual([null, null, null]);
    expect(found[1]?.root).toBe(at('one'));
    expect(found[1]?.worktreeIdFile).toBe(join(at(bare), 'worktrees', 'one', 'brigade-worktree-id'));
  });

  it('also where git keeps core.bare in a file of its own', () => {
    const source = repository('source');
    git(base, 'clone', '-q', '--bare', source, join('proj', '.git'));
    git(at('proj', '.git'), 'config', 'extensions.worktreeConfig', 'true');
    git(at('proj', '.git'), 'config', '--unset', 'core.bare');
    git(at('proj', '.git'), 'config', '--worktree', 'core.bare', 'true');
    git(at('proj', '.git'), 'worktree', 'add', '-q', at('one'));
    expect(from(at('one')).fleetFolder).toBe(at('proj', '.git', 'brigade'));
  });
});

describe('without git', () => {
  it('the fleet is in the nearest folder that has one, else in the folder itself', () => {
    const deep = folder('plain', 'a', 'b');
    expect(from(deep)).toMatchObject({ root: deep, repository: null, fleetFolder: join(deep, '.brigade') });
    folder('plain', '.brigade', 'logs');
    expect(from(deep)).toMatchObject({ root: at('plain'), fleetFolder: at('plain', '.brigade') });
    expect(from(deep).worktreeIdFile).toBe(at('plain', '.brigade', 'worktree-id'));
    expect(from(at('plain', '.brigade', 'logs')).root).toBe(at('plain'));
    expect(from(at('plain', '.brigade')).root).toBe(at('plain'));
  });

  it('a repository goes before a fleet folder below it', () => {
    const main = repository('repo');
    folder('repo', 'sub', '.brigade');
    expect(from(at('repo', 'sub')).root).toBe(main);
  });
});

describe('a home or root folder', () => {
  it('is refused unless it is named itself', () => {
    process.env.HOME = folder('home');
    expect(() => from(at('home'))).toThrow(/home or root folder/);
    expect(() => from('/')).toThrow(/home or root folder/);
    expect(named(at('home')).root).toBe(at('home'));
    expect(named('/').root).toBe('/');
    expect(from(folder('home', 'project')).root).toBe(at('home', 'project'));
  });

  it('is recognised through a link', () => {
    folder('real');
    symlinkSync(at('real'), at('home'));
    process.env.HOME = at('home');
    expect(() => from(at('real'))).toThrow(/home or root folder/);
  });

  it('as a repository catches no project by itself, and a named project stays itself', () => {
    process.env.HOME = repository('home');
    const project = folder('home', 'project');
    expect(() => from(project)).toThrow(/home or root folder/);
    expect(named(project)).toMatchObject({ root: project, repository: null });
    expect(named(at('home')).root).toBe(at('home'));
    rmSync(at('home', '.git'), { recursive: true });
    folder('home', '.brigade');
    expect(() => from(project)).toThrow(/home or root folder/);
    expect(named(project).root).toBe(project);
  });
});

it.each(['missing', 'file'])('a start that is no folder (%s) is refused, with what named it', (name) => {
  writeFileSync(at('file'), '');
  expect(() => named(at(name))).toThrow(`--root names ${at(name)}`);
});

describe('the fleet folder', () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it('is private, is invisible to git, and touches no file of the user', async () => {
    const main = repository('repo');
    const found = from(main);
    await Promise.all([1, 2, 3].map(() => ensureFleetFolder(found.fleetFolder)));
    await ensureWorktreeId(found.worktreeIdFile);
    writeFileSync(join(found.fleetFolder, 'brigade.db'), '');
    expect(git(main, 'status', '--porcelain')).toBe('');
    expect(readdirSync(main).toSorted()).toEqual(['.brigade', '.git']);
    expect(readdirSync(found.fleetFolder).toSorted()).toEqual(['.gitignore', 'brigade.db']);
    expect(process.platform === 'win32' ? '700' : modeOf(found.fleetFolder)).toBe('700');
  });

  it.runIf(process.platform !== 'win32')('is closed to others when a checkout has opened it', async () => {
    mkdirSync(at('.brigade'), { mode: 0o755 });
    writeFileSync(at('.brigade', '.gitignore'), 'logs/\n');
    await ensureFleetFolder(at('.brigade'));
    expect(modeOf(at('.brigade'))).toBe('700');
    expect(execFileSync('cat', [at('.brigade', '.gitignore')], { encoding: 'utf8' })).toBe('logs/\n');
  });

  it('that cannot be made is a clear refusal', async () => {
    writeFileSync(at('.brigade'), '');
    await expect(ensureFleetFolder(at('.brigade'))).rejects.toThrow(/cannot be made: it is not a folder/);
    await expect(ensureFleetFolder(at('none', '.brigade'))).rejects.toMatchObject({
      rejection: { code: 'STORE_UNAVAILABLE' },
    });
  });
});

describe('the id of a worktree', () => {
  it('is agreed on by all that make it at once', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => ensureWorktreeId(at('id'))));
    expect(new Set(ids).size).toBe(1);
    expect(await readWorktreeId(at('id'))).toBe(ids[0]);
    expect(readdirSync(base)).toEqual(['id']);
  });

  it('is not made by reading', async () => {
    expect(await readWorktreeId(at('id'))).toBeNull();
    expect(await readWorktreeId(at('none', 'id'))).toBeNull();
    expect(readdirSync(base)).toEqual([]);
  });

  it.each(['', 'UPPER-case', 'short', 'a/../../b', 'x'.repeat(41)])('that reads %j is refused', async (text) => {
    writeFileSync(at('id'), text);
    await expect(ensureWorktreeId(at('id'))).rejects.toMatchObject({ rejection: { code: 'STORE_DAMAGED' } });
  });

  it('that cannot be kept is refused, never made up', async () => {
    writeFileSync(at('file'), '');
    await expect(ensureWorktreeId(at('file', 'id'))).rejects.toMatchObject({
      rejection: { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('ENOTDIR') as string },
    });
  });
});
