// Keeping a log: copies and the way back, and what `doctor` finds.

import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { encodeBatch } from '../../src/app/batch-codec.ts';
import { FORMAT } from '../../src/core/event.ts';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing, matching } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
let one: Shell;

beforeEach(() => {
  scratch = new Scratch();
  one = new Shell(scratch, 'one');
});
afterEach(async () => {
  await one.close();
  await scratch.close();
});

interface Doctor {
  readonly ok: boolean;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly findings: readonly { readonly code: string; readonly message: string; readonly next: string }[];
  readonly checks: readonly { readonly name: string; readonly ok: boolean | null; readonly detail: string }[];
}

async function doctor(...args: readonly string[]): Promise<Doctor & { readonly code: number | null }> {
  const { code, stdout } = await scratch.brigade(['doctor', '--json', ...args]);
  return { code, ...(JSON.parse(stdout) as Doctor) };
}

async function token(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
  return { BRIGADE_OPERATOR_TOKEN: stdout.trim() };
}

const log = () => join(scratch.root, '.brigade', 'brigade.db');

/** Takes a lock and answers its token. */
async function grant(shell: Shell, resource: string): Promise<number> {
  const { leases } = (await shell.json('acquire', resource)) as { leases: readonly { readonly token: number }[] };
  return leases[0]?.token ?? 0;
}

/** Changes the log by hand, as no program of ours does. */
function spoil(sql: string): void {
  const database = new Database(log());
  database.exec(sql);
  database.close();
}

/** What a version after this one might write. */
async function appendTooNew(): Promise<void> {
  const settings = { path: log(), clock: systemClock, hasher: nodeHasher, random: Math.random };
  const store = createSqliteStore({ ...settings, durability: 'process' });
  const head = await store.open();
  const wallAt = systemClock.wallAt();
  const parts = { id: 'newer', at: 1, wallAt, placeId: 'p', epoch: head.epoch, format: FORMAT + 1, hasher: nodeHasher };
  await store.append(head, encodeBatch(head, ['{"type":"soup.served","version":1}'], parts));
  await store.close();
}

describe('backup and restore', () => {
  it('brings the fleet back to the backup, in a new epoch, and keeps the log of before', async () => {
    await grant(one, 'task:early');
    const env = await token();
    const backup = join(scratch.folder, 'backup.db');
    const backed = await scratch.brigade(['store', 'backup', backup, '--json']);
    expect(shapeOf(JSON.parse(backed.stdout))).toEqual(CLI_SHAPES.backup);
    const late = await grant(one, 'task:late');
    await one.close();

    const { code, stdout } = await scratch.brigade(['store', 'restore', backup, '--json'], { env });
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { keptAs: string; epoch: number; undone: number; newEpoch: boolean };
    expect(shapeOf(told)).toEqual(CLI_SHAPES.restore);
    expect(told).toMatchObject({ epoch: 1, newEpoch: true });
    expect(told.undone).toBeGreaterThan(0);
    expect(existsSync(told.keptAs)).toBe(true);
    expect(existsSync(backup)).toBe(true);

    const two = new Shell(scratch, 'two');
    expect(await grant(two, 'task:late')).toBeGreaterThan(late);
    expect(await grant(two, 'task:early')).toBeGreaterThan(late);
    expect((await scratch.events()).find((event) => event.type === 'granting.resumed')).toMatchObject({
      actor: matching(/^operator:/),
      why: 'restored from backup.db',
    });
    expect(await doctor()).toMatchObject({ code: 0, ok: true });
    await two.close();
  });

  it('refuses to replace a log that agents are attached to, or that a process has open', async () => {
    const backup = join(scratch.folder, 'backup.db');
    await grant(one, 'task:x');
    const env = await token();
    await scratch.brigade(['store', 'backup', backup]);
    const attached = await scratch.brigade(['store', 'restore', backup], { env });
    expect(attached).toMatchObject({ code: 3, stderr: containing('(NOT_SAFE)') });
    await one.close();
    const agent = await scratch.agent();
    await agent.call('fleet_status', {});
    const open = await scratch.brigade(['store', 'restore', backup], { env });
    expect(open).toMatchObject({ code: 3, stderr: matching(/is open in another process.* mcp \d+/s) });
    expect(open.stderr).toMatch(/brigade ps/);
    expect(open.stderr).not.toMatch(/requestId|STORE_UNAVAILABLE/);
    await agent.kill();
    expect(readdirSync(join(scratch.root, '.brigade')).filter((name) => name.includes('restor'))).toEqual([]);
    expect(await scratch.brigade(['store', 'restore', backup], { env })).toMatchObject({ code: 0 });
  });

  it('restores over a log that was deleted', async () => {
    const last = await grant(one, 'task:x');
    const env = await token();
    const backup = join(scratch.folder, 'backup.db');
    await scratch.brigade(['store', 'backup', backup]);
    await one.close();
    rmSync(join(scratch.root, '.brigade'), { recursive: true });
    // Without the log a token proves nothing; a person at a terminal may.
    expect(await scratch.brigade(['store', 'restore', backup], { env })).toMatchObject({ code: 3 });
    const { code, shown } = await atTerminal(scratch, ['store', 'restore', backup]);
    expect({ code, shown }).toMatchObject({ code: 0 });
    const two = new Shell(scratch, 'two');
    expect(await grant(two, 'task:y')).toBeGreaterThan(last);
    await two.close();
  });

  it('refuses what is no backup, what is another fleet, and to overwrite', async () => {
    await grant(one, 'task:x');
    const env = await token();
    await one.close();
    const other = new Scratch();
    const foreign = join(scratch.folder, 'foreign.db');
    await other.brigade(['acquire', 'task:x']);
    expect(await other.brigade(['store', 'backup', foreign])).toMatchObject({ code: 0 });
    await other.close();
    const restore = (file: string) => scratch.brigade(['store', 'restore', file], { env });
    expect(await restore(foreign)).toMatchObject({ code: 2, stderr: containing('another fleet') });
    const text = join(scratch.folder, 'text.db');
    writeFileSync(text, 'no database '.repeat(100));
    expect(await restore(text)).toMatchObject({ code: 8 });
    expect(await restore(join(scratch.folder, 'nowhere.db'))).toMatchObject({ code: 2 });
    expect(existsSync(join(scratch.folder, 'nowhere.db'))).toBe(false);
    expect(await scratch.brigade(['store', 'backup', foreign])).toMatchObject({ code: 2 });
    expect((await doctor()).findings.map((finding) => finding.code)).toEqual(['LEFTOVER']);
  });

  it('needs an operator to restore and to repair', async () => {
    await grant(one, 'task:x');
    const backup = join(scratch.folder, 'backup.db');
    await scratch.brigade(['store', 'backup', backup]);
    expect(await scratch.brigade(['store', 'restore', backup])).toMatchObject({ code: 3 });
    expect(await scratch.brigade(['store', 'repair', '--reason', 'x'])).toMatchObject({ code: 3 });
  });
});

describe('a log that was deleted', () => {
  it('grants nothing until an operator says so, with a reason that stands in the log', async () => {
    const before = await grant(one, 'task:x');
    rmSync(join(scratch.root, '.brigade'), { recursive: true });
    const refused = await one.brigade('acquire', 'task:y');
    expect(refused).toMatchObject({ code: 8, stderr: containing('(STORE_REGRESSED)') });
    expect((await scratch.brigade(['status'])).stdout).toContain('Granting rests (STORE_REGRESSED)');
    expect(await doctor()).toMatchObject({ code: 1, findings: [{ code: 'STORE_REGRESSED' }] });

    const { code, shown } = await atTerminal(scratch, ['store', 'repair', '--reason', 'it was me']);
    expect({ code, shown }).toMatchObject({ code: 0, shown: containing('Granting goes on') });
    expect(await grant(one, 'task:y')).toBeGreaterThan(before);
    const again = await atTerminal(scratch, ['store', 'repair', '--reason', 'again']);
    expect(again.shown).toContain('there was nothing to repair');
    expect((await scratch.events()).find((event) => event.type === 'granting.resumed')).toMatchObject({
      why: 'it was me',
    });
  });
});

describe('doctor', () => {
  it('finds nothing in a fresh folder and makes nothing there', async () => {
    expect(await doctor()).toMatchObject({ code: 0, ok: true, findings: [] });
    expect(existsSync(join(scratch.root, '.brigade'))).toBe(false);
  });

  it('prints the head hash, and later finds whether it still stands in the log', async () => {
    await grant(one, 'task:x');
    const { head, ...report } = await doctor();
    expect(shapeOf({ ok: report.ok, head, findings: report.findings })).toEqual({
      ok: CLI_SHAPES.doctor.ok,
      head: CLI_SHAPES.doctor.head,
      findings: [],
    });
    await grant(one, 'task:y');
    expect(await doctor('--head', head.hash)).toMatchObject({ code: 0 });
    expect(await doctor('--head', 'f'.repeat(64))).toMatchObject({ code: 1, findings: [{ code: 'HEAD_UNKNOWN' }] });
  });

  it('finds a batch that was changed', async () => {
    await grant(one, 'task:x');
    await grant(one, 'task:y');
    spoil("UPDATE batches SET body = replace(body, 'task:x', 'task:z') WHERE body LIKE '%task:x%'");
    const { code, findings } = await doctor();
    expect(code).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'CHAIN_BROKEN',
        message: containing('its hash is not that of its content'),
      }),
    );
    const human = await scratch.brigade(['doctor']);
    expect(human).toMatchObject({ code: 1, stdout: matching(/^FIND +chain /m) });
  });

  it.each([
    ['the last batch', 0],
    ['one before it', 1],
  ])('counts what is whole before damage in %s, and calls nothing ok that it did not check', async (_, offset) => {
    await grant(one, 'task:x');
    await grant(one, 'task:y');
    await one.close();
    const { head } = await doctor();
    spoil(
      `UPDATE batches SET body = body || ' ' WHERE last_seq = (SELECT last_seq FROM batches ORDER BY last_seq DESC LIMIT 1 OFFSET ${offset})`,
    );
    const { findings, checks } = await doctor();
    const broken = findings.find(({ code }) => code === 'CHAIN_BROKEN')?.message ?? '';
    const upTo = Number(/Up to number (\d+) it is whole/.exec(broken)?.[1]);
    expect(upTo).toBeGreaterThan(0);
    expect(upTo).toBeLessThan(head.seq);
    expect(broken).toContain(`the chain breaks at number ${upTo + 1} `);
    expect(broken).not.toContain('..');
    expect(checks.find(({ name }) => name === 'chain')?.detail).toContain(`${upTo} events in`);
    expect(checks.find(({ name }) => name === 'schema')?.detail).toContain(`log format ${FORMAT}`);
    expect(checks.find(({ name }) => name === 'rules')).toMatchObject({ ok: null, detail: containing('not checked') });
  });

  it('tells a log that is too new from a damaged one', async () => {
    await grant(one, 'task:x');
    await one.close();
    await appendTooNew();
    const { code, findings, checks } = await doctor();
    expect(code).toBe(1);
    expect(findings.map((finding) => finding.code)).not.toContain('CHAIN_BROKEN');
    expect(JSON.stringify(findings)).not.toMatch(/damaged|restore|Reading goes on/);
    expect(findings.find((finding) => finding.code === 'STORE_VERSION')?.next).toContain('neither read nor write');
    expect(checks.find(({ name }) => name === 'chain')).toMatchObject({ ok: true, detail: containing('too new') });
    expect(checks.find(({ name }) => name === 'rules')).toMatchObject({ ok: null });
    expect(await scratch.brigade(['status'])).toMatchObject({ code: 8, stderr: containing('(STORE_VERSION)') });
    const copy = join(scratch.folder, 'newer.db');
    expect(await scratch.brigade(['store', 'backup', copy])).toMatchObject({ code: 0, stdout: containing('too new') });
  });

  it('finds a file that is no log any more', async () => {
    await grant(one, 'task:x');
    await one.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${log()}${suffix}`, { force: true });
    writeFileSync(log(), 'no database '.repeat(1_000), { mode: 0o600 });
    const { code, findings } = await doctor();
    expect(code).toBe(1);
    expect(findings.map((finding) => finding.code)).toContain('STORE_DAMAGED');
    for (const command of [['locks'], ['acquire', 'task:y']]) {
      expect(await scratch.brigade(command)).toMatchObject({
        code: 8,
        stderr: containing('(STORE_DAMAGED)'),
      });
    }
  });

  it('finds secrets that others can read', async () => {
    await grant(one, 'task:x');
    chmodSync(log(), 0o644);
    const { code, findings } = await doctor();
    expect(code).toBe(1);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'FOLDER_OPEN', next: `chmod go-rwx ${log()}` }));
  });

  it('finds locks of a terminal that was closed, until somebody acts', async () => {
    await grant(one, 'task:x');
    await one.close();
    const { code, findings } = await doctor();
    expect({ code, findings }).toMatchObject({ code: 1, findings: [{ code: 'LEFTOVER' }] });
    const two = new Shell(scratch, 'two');
    expect(await grant(two, 'task:x')).toBeGreaterThan(0);
    expect(await doctor()).toMatchObject({ code: 0 });
    await two.close();
  });
});
