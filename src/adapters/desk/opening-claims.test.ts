import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { OpeningClaim } from '../../ports/desk-door.ts';
import type { ProcessState, ProcessTable } from '../../ports/process-table.ts';
import { OpeningClaims } from './opening-claims.ts';

let folder = '';
let clock: FakeClock;
const states = new Map<number, ProcessState>();
const processes = { judge: ({ pid }) => states.get(pid) ?? 'alive' } as Pick<ProcessTable, 'judge'> as ProcessTable;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-claims-'));
  clock = createFakeClock();
  states.clear();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Of a process that does nothing but claim; `runs`: it goes on and renews what it holds. */
function claimsOf(pid: number, placeId = 'p_here', { runs = false } = {}): OpeningClaims {
  const own = runs ? clock : { ...clock, after: () => () => undefined };
  return new OpeningClaims({ folder, placeId, evidence: () => ({ pid, startTime: 'then' }), processes, clock: own });
}

/** Lets time pass up to the next renewal of claim 1 and waits until it is written, and the one after it is to come. */
async function renewal(isLast: boolean): Promise<void> {
  await clock.advance(750);
  const written = `"claimedMs":${clock.monotonicMs()}`;
  const claim = (): string => readFileSync(join(folder, 'desk.opening.1'), 'utf8');
  await waitUntil('the renewal', () => claim().includes(written) && (isLast || clock.timers === 1));
}

/** Many at once; the claims that were given. */
async function race(pids: number): Promise<readonly OpeningClaim[]> {
  const all = await Promise.all(Array.from({ length: pids }, (_, n) => claimsOf(100 + n).claim()));
  return all.filter((claim) => claim !== null);
}

describe('a claim', () => {
  it('is held while its holder is alive or stopped, for three seconds', async () => {
    expect(await claimsOf(1).claim()).not.toBeNull();
    for (const state of ['alive', 'stopped'] as const) {
      states.set(1, state);
      expect(await race(5)).toEqual([]);
    }
    await clock.advance(2_999);
    expect(await race(5)).toEqual([]);
    await clock.advance(1);
    expect(await race(5)).toHaveLength(1);
  });

  it('is held longer by a holder that renews it, and by none for longer than half a minute', async () => {
    expect(await claimsOf(1, 'p_here', { runs: true }).claim()).not.toBeNull();
    for (let renewals = 0; renewals < 40; renewals += 1) await renewal(renewals === 39);
    await clock.advance(2_999);
    expect(await race(5)).toEqual([]);
    await clock.advance(1);
    expect(await race(5)).toHaveLength(1);
  });

  it('that is released while it is renewed stays released', async () => {
    for (let pid = 1; pid <= 20; pid += 1) {
      const claim = await claimsOf(pid, 'p_here', { runs: true }).claim();
      expect(claim).not.toBeNull();
      await clock.advance(750);
      await claim?.release();
    }
    expect(await claimsOf(21).claim()).not.toBeNull();
    expect(clock.timers).toBe(0);
  });

  it('of a dead holder is taken over by exactly one, time and again', async () => {
    expect(await claimsOf(1).claim()).not.toBeNull();
    for (let round = 0; round < 20; round += 1) {
      for (const pid of [1, ...Array.from({ length: 8 }, (_, n) => 100 + n)]) states.set(pid, 'dead');
      expect(await race(8)).toHaveLength(1);
    }
    expect(readdirSync(folder)).toEqual(['desk.opening.21']);
  });

  it('that was taken over is not released by the one that held it', async () => {
    const late = await claimsOf(1).claim();
    states.set(1, 'dead');
    const next = await claimsOf(2).claim();
    await late?.release();
    expect(await claimsOf(3).claim()).toBeNull();
    await next?.release();
    expect(await claimsOf(3).claim()).not.toBeNull();
  });

  it('leaves its number behind when it is released, so that no number is given twice', async () => {
    const claim = await claimsOf(1).claim();
    await claim?.release();
    expect(readdirSync(folder)).toEqual(['desk.opening.1']);
    expect(await race(5)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['desk.opening.2']);
  });

  it('of another place is judged by how long it was seen unchanged, never by its process or its clock', async () => {
    expect(await claimsOf(1, 'p_there').claim()).not.toBeNull();
    states.set(1, 'dead');
    await clock.advance(60_000);
    const here = claimsOf(2);
    expect(await here.claim()).toBeNull();
    await clock.advance(2_999);
    expect(await here.claim()).toBeNull();
    expect(await claimsOf(3).claim()).toBeNull();
    await clock.advance(1);
    expect(await here.claim()).not.toBeNull();
  });

  it('that changes hands is looked at anew', async () => {
    const there = await claimsOf(1, 'p_there').claim();
    const here = claimsOf(2);
    expect(await here.claim()).toBeNull();
    await clock.advance(2_900);
    await there?.release();
    expect(await claimsOf(3, 'p_there').claim()).not.toBeNull();
    await clock.advance(200);
    expect(await here.claim()).toBeNull();
  });

  it('that nobody can read is over after the same time', async () => {
    writeFileSync(join(folder, 'desk.opening.4'), 'not a claim', { mode: 0o600 });
    const here = claimsOf(1);
    expect(await here.claim()).toBeNull();
    await clock.advance(3_000);
    expect(await here.claim()).not.toBeNull();
    expect(existsSync(join(folder, 'desk.opening.5'))).toBe(true);
  });

  it('made by a process that fell behind gives way to the one that is ahead', async () => {
    const overtaken = (): { pid: number; startTime: string } => {
      writeFileSync(join(folder, 'desk.opening.9'), 'ahead', { mode: 0o600 });
      return { pid: 1, startTime: 'then' };
    };
    const behind = new OpeningClaims({ folder, placeId: 'p_here', evidence: overtaken, processes, clock });
    expect(await behind.claim()).toBeNull();
    expect(readdirSync(folder)).toEqual(['desk.opening.9']);
  });

  it('clears away what processes left that died while they claimed', async () => {
    writeFileSync(join(folder, 'desk.opening.6'), '', { mode: 0o600 });
    writeFileSync(join(folder, '.desk.opening.5.draft_abc'), 'half', { mode: 0o600 });
    writeFileSync(join(folder, '.desk.opening.9.draft_abc'), 'half', { mode: 0o600 });
    expect(await claimsOf(1).claim()).not.toBeNull();
    expect(readdirSync(folder).toSorted()).toEqual(['.desk.opening.9.draft_abc', 'desk.opening.7']);
  });

  it('is a fault where there is no folder', async () => {
    rmSync(folder, { recursive: true });
    await expect(claimsOf(1).claim()).rejects.toMatchObject({ name: 'DeskFault', code: 'unusable' });
  });

  it.runIf(process.platform !== 'win32')('that others could have written is a fault', async () => {
    writeFileSync(join(folder, 'desk.opening.1'), '', { mode: 0o644 });
    await expect(claimsOf(1).claim()).rejects.toMatchObject({ name: 'DeskFault', code: 'unsafe' });
  });
});
