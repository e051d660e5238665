// A log whose beginning was archived, as people meet it: doctor follows the chain through the archives, and whoever looks back
// too far hears where that is.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { createArchiveThread } from '../../src/adapters/system/archive-thread.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { ArchivedSegment } from '../../src/core/event.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { FleetRig, seat } from '../support/fleet-rig.ts';
import { writeMarks } from '../support/marked-log.ts';
import { Scratch } from '../support/scratch.ts';

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  readonly checks: readonly { readonly name: string; readonly detail: string }[];
}

describe('a log that was archived', () => {
  let scratch: Scratch;
  let segment: ArchivedSegment | null;
  let archives = '';

  async function doctor(): Promise<Report & { readonly code: number | null }> {
    const { code, stdout } = await scratch.brigade(['doctor', '--json']);
    return { ...(JSON.parse(stdout) as Report), code };
  }

  beforeAll(async () => {
    scratch = new Scratch();
    await scratch.brigade(['acquire', 'src/a.ts']);
    const path = join(scratch.root, '.brigade', 'brigade.db');
    archives = join(scratch.root, '.brigade', 'archive');
    const open = () =>
      createSqliteStore({ path, durability: 'process', clock: systemClock, hasher: nodeHasher, random: Math.random });
    const rig = new FleetRig({ clock: systemClock, makeStore: open });
    const a = await rig.coordinator('a');
    await seat(a, 'bo');
    const store = open();
    await writeMarks(store, 40_000, 0, a.replica.state);
    await store.close();
    const keeper = createArchiveThread(new URL('../../src/archive-worker.ts', import.meta.url), {
      log: { location: { kind: 'sqlite', path }, durability: 'process' },
      folder: archives,
    });
    segment = await keeper.archive(a.fleetId() ?? '', { keepMs: null, keepEvents: 20_000, awaited: null });
    if (segment === null) throw new Error('nothing was archived');
    const { answer } = await a.submit({
      op: 'note_archived',
      by: { kind: 'system', name: 'test' },
      requestId: 'n',
      bodyHash: '',
      segment,
    });
    if (isRejection(answer)) throw new Error(answer.message);
    await keeper.cut(segment);
    await rig.close();
  });
  afterAll(() => scratch.close());

  it('is told of in the log', async () => {
    const { stdout } = await scratch.brigade(['watch', '--once', '--from', '39000']);
    expect(stdout).toContain(`Events 1 to ${segment?.lastSeq} were archived as ${segment?.file}`);
  });

  it('says where the past is that was cut off', async () => {
    const { code, stderr } = await scratch.brigade(['at', '5', 'locks']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('HISTORY_TRUNCATED');
    expect(stderr).toContain(`.brigade/archive/${segment?.file}`);
    expect((await scratch.brigade(['at', '39000', 'agents'])).stdout).toContain('As of event 39000');
  });

  it('says the same to whoever reads the log itself, and where to begin', async () => {
    for (const asked of [
      ['watch', '--once', '--from', '1'],
      ['export', '--format', 'ndjson'],
    ]) {
      const { code, stderr } = await scratch.brigade(asked);
      expect(code).not.toBe(0);
      expect(stderr).toContain('HISTORY_TRUNCATED');
      expect(stderr).toContain(`Begin with number ${(segment?.lastSeq ?? 0) + 1} or later`);
      expect(stderr).toContain(`.brigade/archive/${segment?.file}`);
    }
  });

  it('has the history of an agent from where it is kept, and says so', async () => {
    const { code, stdout } = await scratch.brigade(['history', 'bo', '--limit', '3', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ cutOff: { upTo: segment?.lastSeq, archive: segment?.file } });
    const { stdout: shown } = await scratch.brigade(['history', 'bo']);
    expect(shown).toContain(
      `Events up to ${segment?.lastSeq} are no longer in the log; the last archive is .brigade/archive/${segment?.file}.`,
    );
    expect((await scratch.brigade(['history', 'nobody-at-all'])).stderr).toContain('UNKNOWN_AGENT');
  });

  it('is one chain with its archives, as doctor sees it', async () => {
    const { findings, checks } = await doctor();
    expect(findings.filter(({ code }) => /ARCHIVE|CHAIN/.test(code))).toEqual([]);
    expect(checks.find(({ name }) => name === 'archives')?.detail).toMatch(/^[\d,]+ events in 1 file$/);
  });

  it('is no whole chain without them', async () => {
    await rm(join(archives, segment?.file ?? ''));
    const { code, findings } = await doctor();
    expect(code).toBe(1);
    expect(findings.map((finding) => finding.code)).toContain('ARCHIVE_MISSING');
  });
});
