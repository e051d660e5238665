// Where Brigade writes: `.brigade/`, the user's state folder and the worktree's id file, and nowhere else. Everything below the
// workspace, the home and the folder for temporary files is listed before and after a busy run and compared.

import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch({ compilesForItself: true });
afterAll(() => scratch.close());

const OURS = [/^workspace\/\.brigade(\/|$)/, /^home\/state\/brigade(\/|$)/, /^workspace\/\.git\/brigade-worktree-id$/];

describe('a busy run', () => {
  it('writes nowhere but in its own places, whatever its agents call themselves and their files', async () => {
    const env = { TMPDIR: join(scratch.folder, 'tmp') };
    mkdirSync(env.TMPDIR);
    scratch.write('src/a.ts', 'a\n');
    const before = listing(scratch.folder);

    const [ana, bo] = await Promise.all([
      scratch.agent({ env: { ...env, BRIGADE_CLIENT: 'claude-code', CLAUDE_CODE_SESSION_ID: '../../../escape' } }),
      scratch.agent({ env: { ...env, BRIGADE_PURPOSE: '../../purpose' } }),
    ]);
    await ana.call('register', { id: '../ana' });
    await ana.call('register', { id: 'ana', notes: '../../notes', tags: ['../tag'] });
    for (const name of ['src/a.ts', '../outside.ts', 'new/not/there.ts', 'task:../../x', 'src/**']) {
      const { told } = await bo.call('acquire_lock', { resources: [name], waitMs: 0 });
      if (told.leases?.[0] !== undefined) await bo.release(told.leases[0]);
    }
    await ana.call('put_state', { key: '../../key', value: 'x'.repeat(50_000), ifVersion: 0 });
    const held = await ana.acquire('src/a.ts');
    const waiting = bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 10_000 });
    await ana.release(held);
    await waiting;
    for (const command of ['status', 'locks', 'agents', 'waits', 'doctor', 'config']) {
      await scratch.brigade([command], { env });
    }
    await scratch.brigade(['acquire', 'task:cli', '--json'], { env });
    await ana.kill();
    await bo.close();

    const after = listing(scratch.folder);
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    );
    expect(changed.filter((path) => !OURS.some((own) => own.test(path)))).toEqual([]);
    expect(changed).toContain('workspace/.brigade/brigade.db');
    expect(after.get('workspace/.brigade')).toBe('folder 700');
    expect(scratch.git('status', '--porcelain')).toBe('?? src/\n');
  });
});

/** Every path with what can be seen of it: files with size and time of change, folders with their rights. */
function listing(top: string): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  const look = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stats = lstatSync(path);
      const rights = (stats.mode & 0o777).toString(8);
      seen.set(
        relative(top, path),
        stats.isDirectory() ? `folder ${rights}` : `${stats.size} ${stats.mtimeMs} ${rights}`,
      );
      if (stats.isDirectory()) look(path);
    }
  };
  look(top);
  return seen;
}
