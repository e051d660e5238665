// History out and in, with real processes: what came from November 2025 is kept whole and never doubled, and what leaves is
// complete.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/app/coordinator.ts';
import type { EventOf } from '../../src/core/event.ts';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import { containing } from '../support/matching.ts';
import {
  NOVEMBER_AGENTS,
  NOVEMBER_COLUMNS,
  novemberHistory,
  novemberLine,
  writeNovember,
} from '../support/november-files.ts';
import { atTerminal } from '../support/pty.ts';
import { type Ran, Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let folder: string;
beforeEach(() => {
  scratch = new Scratch();
  folder = join(scratch.folder, 'data');
});
afterEach(() => scratch.close());

interface Refused {
  readonly line: number | null;
  readonly message: string;
  readonly next: string;
}

interface Report {
  readonly agents: readonly {
    readonly agentId: string;
    readonly outcome: string;
    readonly lifecycle: string | null;
    readonly changed: readonly { readonly field: string; readonly became: string }[];
    readonly kept: readonly string[];
    readonly refusal: Refused | null;
  }[];
  readonly files: readonly {
    readonly file: string;
    readonly outcome: string;
    readonly taken: number;
    readonly unchanged: number;
    readonly refused: number;
    readonly refusals: readonly Refused[];
    readonly kept: readonly string[];
  }[];
  readonly leftAlone: readonly string[];
  readonly totals: Readonly<Record<string, number>>;
}

/** An environment with the operator token, which is made on first use. */
async function asOperator(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
  return { BRIGADE_OPERATOR_TOKEN: stdout.trim() };
}

async function importAs(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly report: Report }> {
  const { code, stdout, stderr } = await scratch.brigade(['import', folder, '--json', ...args], {
    env: await asOperator(),
  });
  expect(stderr).toBe('');
  return { code, report: JSON.parse(stdout) as Report };
}

async function eventsOfType<T extends FeedEvent['type']>(type: T): Promise<readonly EventOf<T>[]> {
  return (await scratch.events()).filter((event) => event.type === type) as unknown as readonly EventOf<T>[];
}

/** Every line of an agent's history that the log holds, in its order, with the number it had in its file. */
async function linesOf(agentId: string): Promise<readonly string[]> {
  const parts = (await eventsOfType('history.imported')).filter((event) => event.agentId === agentId);
  let known = 0;
  for (const { after, rows } of parts) {
    expect(after).toBe(known);
    known += rows.length;
  }
  return parts.flatMap(({ rows, lines }) => rows.map((row, i) => `${lines[i]}: ${row.join(',')}`));
}

async function headOf(): Promise<FeedEvent | undefined> {
  return (await scratch.events()).at(-1);
}

describe('brigade import', () => {
  it('keeps every field of every record of November 2025, and says what became of each', async () => {
    writeNovember(folder, {});
    writeFileSync(join(folder, 'lock.tmp'), '');
    const { code, report } = await importAs('--timezone', 'Europe/Berlin');
    expect(code).toBe(1);
    const held = new Map((await eventsOfType('agent.imported')).map((event) => [event.agentId, event]));
    const told = new Map(report.agents.map((agent) => [agent.agentId, agent]));
    for (const { id, record, lifecycle, noPlace } of NOVEMBER_AGENTS) {
      const agent = told.get(id);
      expect({ id, record: held.get(id)?.record ?? null }).toEqual({ id, record });
      expect({ id, lifecycle: held.get(id)?.lifecycle ?? null }).toEqual({ id, lifecycle });
      expect(agent).toMatchObject({ outcome: record === null ? 'refused' : 'taken', lifecycle });
      expect(noPlace.filter((field) => agent?.kept.includes(field) !== true)).toEqual([]);
      expect(typeof agent?.refusal?.line === 'number' && agent.refusal.next !== '').toBe(record === null);
    }
    expect(report.agents).toHaveLength(NOVEMBER_AGENTS.length);
    expect(report.leftAlone).toEqual(['lock.tmp']);
    expect(held.get('claude_chat')?.createdWallAt).toBe('2025-11-19T20:02:11.402Z');
    expect(held.get('utc')?.createdWallAt).toBe('2025-11-19T21:02:11.402Z');
    expect(told.get('python')?.changed.map(({ field }) => field)).toEqual([
      'risk_score',
      'drift[0]',
      'drift[1]',
      'seed',
    ]);
    const agents = await scratch.brigade(['agents', '--all', '--json']);
    expect(JSON.parse(agents.stdout)).toMatchObject({
      total: NOVEMBER_AGENTS.filter(({ record }) => record !== null).length,
    });
  });

  it('changes nothing when it is run again', async () => {
    writeNovember(folder, { claude_chat: novemberHistory('claude_chat', 28) });
    await importAs();
    const before = await headOf();
    const { code, report } = await importAs();
    expect(code).toBe(1);
    expect(await headOf()).toEqual(before);
    expect(report.totals).toMatchObject({ agentsTaken: 0, agentsAttached: 0, linesTaken: 0, linesUnchanged: 28 });
    expect(report.agents.filter(({ outcome }) => outcome === 'unchanged')).toHaveLength(16);
    expect(report.files).toMatchObject([{ outcome: 'unchanged', taken: 0, unchanged: 28 }]);
  });

  it('refuses wrong lines by file and number, takes the others, and later what was corrected, once', async () => {
    const lines = novemberHistory('ana', 10).split('\r\n');
    const wrong = lines
      .with(4, 'ana,0.400,0.5')
      .with(7, 'ana,0.700,"0.5')
      .with(9, lines[9]?.replace('0.8945', 'high') ?? '');
    writeNovember(folder, { ana: wrong.join('\r\n'), 'Claude Chat': novemberHistory('x', 2), bo: 'nonsense\n1,2\n' });
    const first = await importAs();
    expect(first.report.files).toMatchObject([
      {
        file: 'governance_history_Claude Chat.csv',
        outcome: 'refused',
        refusals: [{ next: containing('claude_chat') }],
      },
      { file: 'governance_history_ana.csv', taken: 7, refused: 3, refusals: [{ line: 5 }, { line: 8 }, { line: 10 }] },
      { file: 'governance_history_bo.csv', outcome: 'refused', refusals: [{ line: 1 }] },
    ]);
    writeFileSync(join(folder, 'governance_history_ana.csv'), lines.with(7, wrong[7] ?? '').join('\n'));
    const second = await importAs();
    expect(second.report.files[1]).toMatchObject({ taken: 2, unchanged: 7, refused: 1, refusals: [{ line: 8 }] });
    writeFileSync(join(folder, 'governance_history_ana.csv'), novemberHistory('ana', 12));
    const third = await importAs();
    expect(third.report.files[1]).toMatchObject({ taken: 3, unchanged: 9, refused: 0 });
    const inFileOrder = [1, 2, 3, 5, 6, 8, 10].map((n) => `${n + 1}: ${novemberLine('ana', n)}`);
    const later = [4, 9, 7, 11, 12].map((n) => `${n + 1}: ${novemberLine('ana', n)}`);
    expect(await linesOf('ana')).toEqual([...inFileOrder, ...later]);
  });

  it('takes what is new of a file that was moved and lost its oldest lines', async () => {
    writeNovember(folder, { ana: novemberHistory('ana', 20) });
    await importAs();
    rmSync(folder, { recursive: true });
    folder = join(scratch.folder, 'elsewhere');
    writeNovember(folder, { ana: novemberHistory('ana', 30, 11) });
    expect((await importAs()).report.files).toMatchObject([{ taken: 10, unchanged: 10 }]);
    const cells = (await linesOf('ana')).map((line) => line.replace(/^\d+: /, ''));
    expect(cells).toEqual(Array.from({ length: 30 }, (_, i) => novemberLine('ana', i + 1)));
  });

  it('may be killed at any moment and run again', async () => {
    writeNovember(folder, { ana: novemberHistory('ana', 20_000), bo: novemberHistory('bo', 700) });
    const env = { PATH: process.env.PATH ?? '', ...scratch.env, ...(await asOperator()) };
    const child = spawn(process.execPath, [brigadeBin, 'import', folder], { cwd: scratch.root, env, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await waitUntil('the first lines are in the log', async () => (await eventsOfType('history.imported')).length > 0);
    child.kill('SIGKILL');
    await ended;
    const { report } = await importAs();
    expect(report.files.reduce((sum, { taken, unchanged }) => sum + taken + unchanged, 0)).toBe(20_700);
    for (const [id, count] of [
      ['ana', 20_000],
      ['bo', 700],
    ] as const) {
      const expected = Array.from({ length: count }, (_, i) => `${i + 2}: ${novemberLine(id, i + 1)}`);
      expect(await linesOf(id)).toEqual(expected);
    }
    const agents = (await eventsOfType('agent.imported')).map(({ agentId }) => agentId);
    expect(new Set(agents).size).toBe(agents.length);
  });

  it('run twice at once doubles nothing', async () => {
    writeNovember(folder, { ana: novemberHistory('ana', 2_400) });
    await asOperator();
    const both = await Promise.all([importAs(), importAs()]);
    const taken = both.map(({ report }) => report.files[0]?.taken ?? 0);
    expect(taken.reduce((sum, each) => sum + each, 0)).toBe(2_400);
    const cells = (await linesOf('ana')).map((line) => line.replace(/^\d+: /, ''));
    expect(new Set(cells).size).toBe(2_400);
    expect(cells).toHaveLength(2_400);
  });

  it('of a dry run says the same and writes nothing, not even a log', async () => {
    writeNovember(folder, {
      ana: novemberHistory('ana', 1_200),
      claude_chat: `${novemberHistory('claude_chat', 3)}x\r\n`,
    });
    const shown = await atTerminal(scratch, ['import', folder, '--dry-run', '--timezone', 'UTC']);
    expect(shown).toMatchObject({
      code: 1,
      shown: containing('Dry run, nothing was written: 16 agents and 1,203 lines taken'),
    });
    expect(existsSync(join(scratch.root, '.brigade', 'brigade.db'))).toBe(false);
    await asOperator();
    const head = await headOf();
    const dry = await importAs('--dry-run');
    expect(await headOf()).toEqual(head);
    const real = await importAs();
    expect({ ...dry.report, dryRun: false }).toEqual(real.report);
    expect(
      shapeOf({ ...real.report, agents: real.report.agents.slice(0, 1), files: real.report.files.slice(1) }),
    ).toEqual(CLI_SHAPES.import);
  });

  it('leaves an agent that is here as it is, and keeps the record of it', async () => {
    const ana = await scratch.agent();
    await ana.call('register', { id: 'utc' });
    writeNovember(folder, {});
    const { report } = await importAs();
    expect(report.agents.find(({ agentId }) => agentId === 'utc')).toMatchObject({ outcome: 'attached' });
    expect((await eventsOfType('agent.imported')).some(({ agentId }) => agentId === 'utc')).toBe(true);
    const { stdout } = await scratch.brigade(['agents', 'utc', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ agents: [{ lifecycle: 'active', tags: [], notes: '' }] });
    expect(await ana.call('acquire_lock', { resources: ['task:a'] })).toMatchObject({ isError: false });
  });

  it('needs an operator, a folder with such files, and a time zone that there is', async () => {
    writeNovember(folder, {});
    const run = (args: readonly string[], env = {}): Promise<Ran> => scratch.brigade(['import', ...args], { env });
    expect(await run([folder])).toMatchObject({ code: 3, stderr: containing('(OPERATOR_REQUIRED)') });
    expect(await run([folder], { ...(await asOperator()), CLAUDECODE: '1' })).toMatchObject({ code: 3 });
    expect(await run([folder], { BRIGADE_OPERATOR_TOKEN: 'x'.repeat(43) })).toMatchObject({
      code: 3,
      stderr: containing('(CREDENTIAL_WRONG)'),
    });
    expect(await run([scratch.root], await asOperator())).toMatchObject({
      code: 2,
      stderr: containing('agent_metadata.json'),
    });
    expect(await run([join(folder, 'no')], await asOperator())).toMatchObject({
      code: 2,
      stderr: containing('ENOENT'),
    });
    expect(await run([folder, '--timezone', 'Mars/Base'], await asOperator())).toMatchObject({
      code: 2,
      stderr: containing('no time zone'),
    });
    expect(await eventsOfType('agent.imported')).toEqual([]);
  });
});

describe('brigade export', () => {
  /** A fleet that has done a little of everything. */
  async function busyFleet(): Promise<void> {
    const [ana, bo] = await scratch.agents(['ana', 'bo']);
    await ana?.call('acquire_lock', { resources: ['src/a.ts'], reason: '=HYPERLINK("x"),\n"y"' });
    await bo?.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 50 });
    await ana?.call('release_lock', { all: true });
    await ana?.call('send_message', { to: 'bo', type: 'info', text: 'between the two of us' });
    await ana?.call('check_in', { summary: 'done with a' });
  }

  const history = (...args: readonly string[]) => scratch.brigade(['export', ...args]);

  it('as CSV parses back with a row for each event, as NDJSON and JSON with every fact', async () => {
    await busyFleet();
    await scratch.leave();
    const events = await scratch.events();
    const csv = parse((await history('--format', 'csv')).stdout, { columns: true }) as readonly Record<
      string,
      string
    >[];
    expect(csv.map(({ seq, event }) => [Number(seq), event])).toEqual(events.map(({ seq, type }) => [seq, type]));
    const granted = csv.find(({ event, agent_id }) => event === 'lease.granted' && agent_id === 'ana');
    expect(granted?.reason).toBe('\'=HYPERLINK("x"),\n"y"');
    const ndjson = (await history('--format', 'ndjson')).stdout.trimEnd().split('\n');
    expect(ndjson.map((line) => JSON.parse(line) as FeedEvent)).toEqual(events);
    expect(JSON.parse((await history('--json')).stdout)).toEqual(events);
    const some = parse((await history('--format', 'csv', '--from', '3', '--to', '5')).stdout, { columns: true });
    expect(some).toEqual(csv.slice(2, 5));
    const ofBo = parse((await history('--format', 'csv', '--agent', 'bo')).stdout, { columns: true }) as typeof csv;
    expect(ofBo.length).toBeGreaterThan(3);
    expect(ofBo.every(({ agent_id, event }) => agent_id === 'bo' || event === 'message.sent')).toBe(true);
  });

  it('shows what agents write to each other to an operator alone', async () => {
    await busyFleet();
    const secret = 'between the two of us';
    const env = await asOperator();
    const nobody = await history('--format', 'ndjson');
    expect(nobody).toMatchObject({ code: 0, stderr: containing('The text of 1 message is left out') });
    expect(nobody.stdout).not.toContain(secret);
    const wrong = await scratch.brigade(['export', '--format', 'json'], {
      env: { BRIGADE_OPERATOR_TOKEN: 'x'.repeat(43) },
    });
    expect(wrong.stdout).not.toContain(secret);
    const agent = await scratch.brigade(['export', '--format', 'json'], { env: { ...env, CLAUDECODE: '1' } });
    expect(agent.stdout).not.toContain(secret);
    const told = await scratch.brigade(['export', '--format', 'json'], { env });
    expect(told).toMatchObject({ code: 0, stderr: '', stdout: containing(secret) });
    const person = await atTerminal(scratch, ['export', '--format', 'ndjson', '--out', 'all.ndjson']);
    expect(person).toMatchObject({ code: 0, shown: containing('Exported') });
    expect(readFileSync(join(scratch.root, 'all.ndjson'), 'utf8')).toContain(secret);
  });

  it('writes a file whole or not at all, and replaces none unasked', async () => {
    await busyFleet();
    await scratch.leave();
    const file = join(scratch.root, 'history.csv');
    const first = await history('--format', 'csv', '--out', 'history.csv', '--json');
    expect(shapeOf(JSON.parse(first.stdout))).toEqual(CLI_SHAPES.export);
    const text = readFileSync(file, 'utf8');
    expect(text).toBe((await history('--format', 'csv')).stdout);
    expect(statSync(file).mode & 0o077).toBe(0);
    writeFileSync(file, 'mine');
    expect(await history('--format', 'csv', '--out', 'history.csv')).toMatchObject({
      code: 2,
      stderr: containing('exists already'),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await history('--format', 'csv', '--out', 'history.csv', '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(text);
    for (const path of ['.', 'no/where.csv'])
      expect(await history('--format', 'csv', '--out', path)).toMatchObject({ code: 2 });
    expect(readdirSync(scratch.root).filter((name) => name.includes('history'))).toEqual(['history.csv']);
  });

  it('gives check-ins of November back in their columns, as they were', async () => {
    const text = novemberHistory('claude_chat', 28);
    writeNovember(folder, { claude_chat: text });
    await importAs();
    const { code, stdout } = await history('--eisv');
    expect(code).toBe(0);
    expect(stdout).toBe(text.replaceAll('\r\n', '\n'));
    expect((await history('--eisv', '--agent', 'glass')).stdout).toBe(`${NOVEMBER_COLUMNS}\n`);
  });

  it('ends without a word when its reader has what it wanted', async () => {
    const agents = Array.from({ length: 1_500 }, (_, i) => [
      `agent_${i}`,
      { status: 'active', notes: 'x'.repeat(200) },
    ]);
    writeNovember(folder, {});
    writeFileSync(join(folder, 'agent_metadata.json'), JSON.stringify(Object.fromEntries(agents)));
    await importAs();
    const env = { PATH: process.env.PATH ?? '', ...scratch.env };
    for (const format of ['csv', 'ndjson', 'json']) {
      const child = spawn(process.execPath, [brigadeBin, 'export', '--format', format], { cwd: scratch.root, env });
      const said: Buffer[] = [];
      child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdout.once('data', () => child.stdout.destroy());
      expect({ format, code: await ended, said: Buffer.concat(said).toString() }).toEqual({
        format,
        code: 0,
        said: '',
      });
    }
    const rows = parse((await history('--format', 'csv')).stdout, { columns: true });
    expect(rows).toHaveLength((await scratch.events()).length);
  });

  it.each([
    [[], '--format is missing'],
    [['--format', 'xml'], 'Allowed choices'],
    [['--format', 'json', '--eisv'], '--eisv is a table'],
    [['--format', 'csv', '--from', '0'], 'There is nothing from 0'],
    [['--format', 'csv', '--from', '5', '--to', '4'], 'There is nothing from 5 to 4'],
  ])('%j is a mistake', async (args, message) => {
    expect(await history(...args)).toMatchObject({ code: 2, stderr: containing(message) });
  });

  it('of a workspace without a log is empty', async () => {
    expect(await history('--format', 'ndjson')).toMatchObject({ code: 0, stdout: '' });
    expect(await history('--format', 'json')).toMatchObject({ code: 0, stdout: '[\n]\n' });
    expect((await history('--format', 'csv')).stdout).toMatch(/^seq,at,agent_id,[\w,]+\n$/);
  });
});

describe('brigade history', () => {
  it('tells what an agent did and heard, newest last, and what was imported of it', async () => {
    writeNovember(folder, { utc: novemberHistory('utc', 3) });
    const [ana, bo] = await scratch.agents(['ana', 'utc']);
    await bo?.call('acquire_lock', { resources: ['src/a.ts'], reason: 'needed' });
    await ana?.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 50 });
    await bo?.call('check_in', { summary: 'half of it' });
    await ana?.call('send_message', { to: 'utc', type: 'task', text: 'for your eyes only' });
    await bo?.call('release_lock', { all: true });
    await importAs();
    const told = await scratch.brigade(['history', 'utc', '--json']);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    const document = JSON.parse(told.stdout) as { events: { sentence: string; seq: number }[]; total: number };
    expect(shapeOf({ ...document, imported: null })).toEqual({ ...CLI_SHAPES.history, imported: null });
    expect(document).toMatchObject({
      importedLines: 3,
      imported: { record: { agent_id: 'utc' }, lifecycle: 'active' },
    });
    const sentences = document.events.map(({ sentence }) => sentence).join('\n');
    for (const part of [
      'utc was granted file:src/a.ts',
      'utc checked in and hears',
      'ana sent utc a message',
      'utc released',
    ])
      expect(sentences).toContain(part);
    expect(told.stdout).not.toContain('for your eyes only');
    expect(document.events.map(({ seq }) => seq)).toEqual(
      document.events.map(({ seq }) => seq).toSorted((a, b) => a - b),
    );

    const shown = await scratch.brigade(['history', 'utc', '--limit', '2']);
    expect(shown.stdout).toContain(`the last 2 of ${document.total}`);
    expect(shown.stdout).toContain('  version: "v1.0"');
    expect(shown.stdout).toContain('3 lines of its history');
    expect(shown.stdout.trimEnd().split('\n').at(-1)).toContain('history were imported from');
  });

  it('says so where nothing is known of it', async () => {
    expect(await scratch.brigade(['history', 'nobody'])).toMatchObject({
      code: 1,
      stderr: containing('(UNKNOWN_AGENT)'),
    });
    expect(await scratch.brigade(['history', 'nobody', '--limit', '0'])).toMatchObject({ code: 2 });
  });
});
