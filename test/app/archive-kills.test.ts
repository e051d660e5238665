// Processes that archive die as by kill -9 before each of their steps, and begin beside each other. Nothing is lost, the chain that
// doctor follows is whole, and the next one completes it and leaves nothing over.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openArchiveFolder } from '../../src/adapters/system/archive-folder.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { examineLog } from '../../src/app/examine-log.ts';
import { verifyArchives } from '../../src/app/retention/verify-archives.ts';
import type { ArchiverOrder } from '../support/archiver-process.ts';
import { FleetRig, seat } from '../support/fleet-rig.ts';
import { writeMarks } from '../support/marked-log.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAM = fileURLToPath(new URL('../support/archiver-process.ts', import.meta.url));
const KEEP_EVENTS = 12_000;

let scratch = '';
let fleetId = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'brigade-archivers-'));
  const rig = new FleetRig({ clock: systemClock, makeStore: () => open(join(scratch, 'base.db')) });
  const a = await rig.coordinator('a');
  await seat(a, 'ana');
  fleetId = a.fleetId() ?? '';
  const store = open(join(scratch, 'base.db'));
  await writeMarks(store, 30_000, 0, a.replica.state);
  await store.close();
  await rig.close();
});
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(scratch, { recursive: true, force: true });
});

function open(path: string) {
  const ports = { clock: systemClock, hasher: nodeHasher, random: Math.random };
  return createSqliteStore({ path, durability: 'process', ...ports });
}

/** A log of its own, and where its archives go. */
async function place(name: string): Promise<Pick<ArchiverOrder, 'path' | 'folder'>> {
  const path = join(scratch, `${name}.db`);
  for (const end of ['', '-wal']) {
    const file = join(scratch, `base.db${end}`);
    if (existsSync(file)) await cp(file, `${path}${end}`);
  }
  return { path, folder: join(scratch, `${name}-archive`) };
}

interface Archiver {
  /** What it was about to do, as far as it came. */
  readonly steps: string[];
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

function archiver(order: ArchiverOrder): Archiver {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('close', () => running.delete(child));
  const steps: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => steps.push(...text.split('\n').filter(Boolean)));
  return { steps, ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code))) };
}

/** What the log and the archives have, as doctor sees it. */
async function found({ path, folder }: Pick<ArchiverOrder, 'path' | 'folder'>) {
  const store = open(path);
  await store.open();
  const log = await examineLog(store, { hasher: nodeHasher });
  await store.close();
  const { firstSeq, base } = log;
  const report = await verifyArchives(openArchiveFolder(folder), nodeHasher, fleetId, {
    firstSeq,
    prevHash: base.hash,
  });
  return { ...report, log, chainBreak: log.chainBreak };
}

describe('a process that archives', () => {
  it('may be killed before each of its steps', { timeout: 600_000 }, async () => {
    const untouched = await place('untouched');
    const whole = archiver({ ...untouched, keepEvents: KEEP_EVENTS });
    expect(await whole.ended).toBe(0);
    const expected = await found(untouched);
    expect(expected).toMatchObject({ archives: 1, problems: [] });
    // Of many alike in a row the first and the last.
    const isEdge = (step: string, i: number): boolean => step !== whole.steps[i - 1] || step !== whole.steps[i + 1];
    const kills = whole.steps.flatMap((step, i) => (isEdge(step, i) ? [{ step, i }] : []));
    expect(new Set(kills.map(({ step }) => step))).toEqual(
      new Set(['read one', 'read', 'rename', 'rename, done', 'note', 'noted', 'commit', 'commit, done', 'cut']),
    );
    for (const { step, i } of kills) {
      const at = await place(`killed-${i}`);
      const killed = `before ${i}, ${step}`;
      const died = await archiver({ ...at, keepEvents: KEEP_EVENTS, dieAt: i }).ended;
      const { problems, archives, events, log } = await found(at);
      expect({ killed, died, problems }).toEqual({ killed, died: 'SIGKILL', problems: [] });
      // Whatever is no longer in the log is in an archive.
      const isKept = log.firstSeq === 1 || (archives > 0 && log.firstSeq <= events + 1);
      expect({ killed, isKept }).toEqual({ killed, isKept: true });
      const ended = await archiver({ ...at, keepEvents: KEEP_EVENTS }).ended;
      const now = await found(at);
      const files = await readdir(join(at.folder, fleetId));
      expect({ killed, ended, files, ...now }).toMatchObject({
        killed,
        ended: 0,
        files: [expect.stringMatching(/^0+1-\d{16}\.ndjson\.gz$/)],
        problems: [],
        chainBreak: null,
        events: now.log.firstSeq - 1,
      });
    }
  });

  it('is the only one at it: a second one that would cut elsewhere leaves it alone', async () => {
    const at = await place('two');
    const file = join(scratch, 'go-on');
    const first = archiver({ ...at, keepEvents: KEEP_EVENTS, waitAt: { step: 'rename', file } });
    await waitUntil('the first to have written its archive', () => first.steps.includes('rename'));
    const second = archiver({ ...at, keepEvents: 5_000 });
    expect(await second.ended).toBe(0);
    expect(second.steps).toEqual([]);
    await writeFile(file, '');
    expect(await first.ended).toBe(0);
    const now = await found(at);
    expect(now).toMatchObject({ archives: 1, problems: [], events: now.log.firstSeq - 1 });
  });
});
