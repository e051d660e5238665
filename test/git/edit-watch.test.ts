// What a watch makes of files that change under leases: what it tells, what it takes for the holder's own, and what it leaves
// alone.

import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStampsIn } from '../../src/adapters/system/file-stamps.ts';
import { EditTrace } from '../../src/app/git/edit-trace.ts';
import { EditWatch } from '../../src/app/git/edit-watch.ts';
import { type Cook, tokenOf } from '../support/fleet-rig.ts';
import { GitFleet } from '../support/git-fleet.ts';

const A = 'file:@w1/src/a.ts';

let git: GitFleet;
let trace: EditTrace;
let watch: EditWatch;
let ana: Cook;

beforeEach(async () => {
  git = await GitFleet.open();
  ({ trace, watch } = newWatch());
  ana = await git.seat('ana');
  for (const path of ['src/a.ts', 'src/b.ts', 'lib/c.ts']) git.put(path, 'first\n');
  await git.passes(600);
});
afterEach(() => git.close());

function newWatch() {
  const fresh = new EditTrace();
  return {
    trace: fresh,
    watch: new EditWatch({
      git: git.git,
      stamps: fileStampsIn(git.repo.root),
      fleet: git.fleet,
      trace: fresh,
      wallMs: () => git.nowMs,
    }),
  };
}

/** What the log tells up to now, and then a look. */
async function look(): Promise<readonly string[]> {
  for await (const event of git.feed()) trace.take(event);
  return (await watch.look()).map(({ path, change, found, lease }) => {
    return `${change} ${path} of ${lease.agentId}, ${found.kind === 'told' ? `by ${found.agentId}` : found.kind}`;
  });
}

/** Everything that is seen by now and in the moment in which it settles. */
async function settled(): Promise<readonly string[]> {
  const before = await look();
  await git.passes(4);
  return [...before, ...(await look())];
}

/** What a client tells of an edit that is over. */
const told = (by: Cook, resource: string) =>
  by.at.submit({ ...by.head(), op: 'note_edits', resources: [resource], tool: 'Edit', label: null, via: 'hook' });

/** Ana holds src/ for long, her client tells of edits, and for the last minutes she was idle. */
async function anaHolds(resource = 'file:@w1/src/', agoS = 300): Promise<number> {
  await told(ana, 'file:@w1/elsewhere.ts');
  const token = tokenOf(await ana.acquire(resource, { ttlMs: 3_600_000 }));
  await git.passes(agoS);
  return token;
}

describe('a change of what is held', () => {
  beforeEach(async () => {
    await anaHolds();
    await settled();
  });

  it('is told once, when it has settled, and not before', async () => {
    git.put('src/a.ts', 'somebody\n');
    expect(await look()).toEqual([]);
    expect(watch.isPending).toBe(true);
    await git.passes(2.9);
    expect(await look()).toEqual([]);
    await git.passes(0.1);
    expect(await look()).toEqual(['changed src/a.ts of ana, unexplained']);
    expect(watch.isPending).toBe(false);
    expect(await settled()).toEqual([]);
  });

  it('is told as what it is: of new files, of removed ones, and of those that came back', async () => {
    git.run('add', 'src');
    await ana.acquire('file:@w1/notes.md');
    await git.passes(300);
    expect(await settled()).toEqual([]);
    git.put('notes.md', 'new\n');
    git.remove('src/b.ts');
    expect(await settled()).toEqual(['added notes.md of ana, unexplained', 'removed src/b.ts of ana, unexplained']);
    git.put('src/b.ts', 'again\n');
    git.remove('notes.md');
    expect(await settled()).toEqual(['removed notes.md of ana, unexplained', 'added src/b.ts of ana, unexplained']);
  });

  it('shows by its time, its size, or that it is another file: one that is moved there brings an older time', async () => {
    renameSync(git.repo.path('src/b.ts'), git.repo.path('src/a.ts'));
    expect((await settled()).toSorted()).toEqual([
      'changed src/a.ts of ana, unexplained',
      'removed src/b.ts of ana, unexplained',
    ]);
    git.put('src/a.ts', 'FIRST\n');
    expect(await settled()).toEqual(['changed src/a.ts of ana, unexplained']);
    git.put('src/a.ts', 'longer than before\n', 4_000);
    expect(await settled()).toEqual(['changed src/a.ts of ana, unexplained']);
    renameSync(git.repo.path('lib/c.ts'), git.repo.path('src/a.ts'));
    expect(await settled()).toEqual(['changed src/a.ts of ana, unexplained']);
  });

  it('counts from now, where a file says that it is of the future', async () => {
    git.put('src/a.ts', 'by a clock that is ahead\n', -3_600_000);
    expect(await settled()).toEqual(['changed src/a.ts of ana, unexplained']);
    git.put('src/b.ts', 'by the same clock\n', -3_600_000);
    await told(ana, 'file:@w1/src/b.ts');
    expect(await settled()).toEqual([]);
  });
});

describe('a change before the watch began', () => {
  it('is told where it came after the grant', async () => {
    git.put('lib/c.ts', 'before anybody held it\n');
    await git.passes(1);
    await anaHolds('file:@w1/');
    await look();
    expect(watch.isPending).toBe(false);
    ({ trace, watch } = newWatch());
    git.put('src/a.ts', 'somebody\n');
    await git.passes(10);
    expect(await look()).toEqual(['changed src/a.ts of ana, unexplained']);
  });

  it('is nothing where no lease covers the file, or it is not there', async () => {
    git.put('src/a.ts', 'free\n');
    expect(await settled()).toEqual([]);
    await anaHolds('file:@w1/never.ts');
    expect(await settled()).toEqual([]);
    expect(await settled()).toEqual([]);
  });
});

describe('whoever made a change', () => {
  it('is the holder, where its client told of the edit', async () => {
    await anaHolds();
    await look();
    git.put('src/a.ts', 'ana\n');
    await told(ana, A);
    expect(await settled()).toEqual([]);
  });

  it('is another agent, where the client of that one told of it', async () => {
    const bo = await git.seat('bo');
    await anaHolds();
    await look();
    git.put('src/a.ts', 'bo\n');
    await told(bo, A);
    expect(await settled()).toEqual(['changed src/a.ts of ana, by bo']);
  });

  it('is told no second time, where another watch has noted it', async () => {
    const token = await anaHolds();
    await look();
    git.put('src/a.ts', 'somebody\n');
    await git.passes(1);
    const seen = { resources: [A], tool: 'an unknown program', label: null, beside: { [A]: token } };
    await git.note({ op: 'note_edits', ...seen, via: 'watch' });
    expect(await settled()).toEqual([]);
  });

  it('may be the holder itself, where its client tells of nothing and it was active; not where it was long idle', async () => {
    const bo = await git.seat('bo');
    await bo.acquire('file:@w1/lib/c.ts', { ttlMs: 3_600_000 });
    await look();
    git.put('lib/c.ts', 'bo, or somebody\n');
    expect(await settled()).toEqual([]);
    await git.passes(300);
    git.put('lib/c.ts', 'hardly bo\n');
    expect(await settled()).toEqual(['changed lib/c.ts of bo, unsure']);
  });

  it('is any of those who share it, and nobody else', async () => {
    const bo = await git.seat('bo');
    for (const each of [ana, bo]) {
      await told(each, 'file:@w1/elsewhere.ts');
      await each.acquire(A, { mode: 'shared', ttlMs: 3_600_000 });
    }
    await git.passes(300);
    await look();
    git.put('src/a.ts', 'bo\n');
    await told(bo, A);
    expect(await settled()).toEqual([]);
    await git.passes(60);
    git.put('src/a.ts', 'somebody else\n');
    expect(await settled()).toEqual(['changed src/a.ts of ana, unexplained']);
  });
});

describe('a change is left alone', () => {
  it('whose holder is gone', async () => {
    await anaHolds();
    await look();
    // Long enough ago to be settled, and nobody has swept up behind her yet.
    await git.passes(10);
    git.put('src/a.ts', 'whoever goes on with it\n', 5_000);
    git.rig.processes.states.set(ana.pid, 'dead');
    git.rig.clock.sleep(600);
    expect(await look()).toEqual([]);
    expect(watch.isPending).toBe(false);
  });

  it('that was made before the present holder had it, and is settled after', async () => {
    await anaHolds(A);
    await look();
    git.put('src/a.ts', 'at the last moment\n');
    await look();
    await ana.release('all');
    await git.passes(1);
    const bo = await git.seat('bo');
    await told(bo, 'file:@w1/elsewhere.ts');
    await bo.acquire(A);
    expect(await settled()).toEqual([]);
  });

  it('of which the lease has ended when it is settled', async () => {
    await anaHolds(A);
    await look();
    git.put('src/a.ts', 'at the last moment\n');
    await look();
    await ana.release('all');
    expect(await settled()).toEqual([]);
  });
});

describe('the files of a watch', () => {
  it('are matched anew for other leases at once, and for the same ones within five seconds', async () => {
    await anaHolds('file:@w1/src/*.md');
    await look();
    git.put('src/new.md', 'new\n');
    expect(await settled()).toEqual([]);
    await git.passes(4);
    expect(await look()).toEqual(['changed src/new.md of ana, unexplained']);
    await ana.acquire('file:@w1/lib/');
    git.put('lib/new.ts', 'new\n');
    expect(await settled()).toEqual(['changed lib/new.ts of ana, unexplained']);
  });

  it('are those of every lease, however many there are', async () => {
    await told(ana, 'file:@w1/elsewhere.ts');
    for (let from = 0; from < 1_100; from += 50) {
      const names = Array.from({ length: 50 }, (_, index) => `file:@w1/many/${from + index}.ts`);
      await ana.acquire(names, { ttlMs: 3_600_000 });
    }
    await git.passes(300);
    expect(await settled()).toEqual([]);
    for (const index of [0, 999, 1_000, 1_099]) git.put(`many/${index}.ts`, 'new\n');
    expect((await settled()).toSorted()).toEqual([
      'added many/0.ts of ana, unexplained',
      'added many/1000.ts of ana, unexplained',
      'added many/1099.ts of ana, unexplained',
      'added many/999.ts of ana, unexplained',
    ]);
  });
});
