// Incidents from the command line: two agents take two locks in opposite order, and people look at what came of it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { closeRing, cooksOn } from '../support/ring.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

describe('a fleet without incidents', () => {
  it('says so, and knows none by number', async () => {
    const scratch = new Scratch();
    const listed = await scratch.brigade(['incident', 'list']);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toContain('There was no incident.');
    expect((await scratch.brigade(['incident', 'list', '--open'])).stdout).toBe('No incident is open.\n');
    for (const words of [['show'], ['report'], ['show', 'x']]) {
      const number = words.length === 1 ? ['1'] : [];
      const refused = await scratch.brigade(['incident', ...words, ...number]);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('UNKNOWN_INCIDENT');
    }
    await scratch.close();
  });
});

describe('an incident', () => {
  let scratch: Scratch;
  let env: Readonly<Record<string, string>>;
  const brigade = (...args: string[]) => scratch.brigade(['incident', ...args], { env });

  beforeAll(async () => {
    scratch = new Scratch();
    const agents = [await scratch.agent(), await scratch.agent()];
    await closeRing(await cooksOn(agents, 2));
    const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
    env = { BRIGADE_OPERATOR_TOKEN: stdout.trim() };
  });
  afterAll(() => scratch.close());

  it('is listed and shown, to people and to programs', async () => {
    expect((await brigade('list')).stdout).toMatch(
      /^NO +STATE +SEVERITY +OPENED +LASTED +ALERTS +WHAT\n +1 +open +warning /,
    );
    const listed = await brigade('list', '--json');
    expect(shapeOf(JSON.parse(listed.stdout))).toEqual(CLI_SHAPES.incidents);
    const { stdout } = await brigade('show', '1');
    expect(stdout).toContain('deadlock: A deadlock was broken');
    expect(stdout).toMatch(/cook-x0x \([^)]+\): mcp \d+ on \S+, alive, idle \d+s/);
    expect(stdout).toContain('brigade incident report 1');
    const shown = JSON.parse((await brigade('show', '1', '--json')).stdout) as object;
    expect(shapeOf(shown)).toEqual(CLI_SHAPES.incident);
  });

  it('is noted by an agent and by an operator', async () => {
    const one = new Shell(scratch, 'one');
    const told = await one.brigade('incident', 'note', '1', 'I saw it', '--agent', 'ana', '--json');
    expect(shapeOf(JSON.parse(told.stdout))).toEqual(CLI_SHAPES.incidentNoted);
    await one.close();
    expect((await brigade('note', '1', 'both know the order now', '--operator')).stdout).toBe('Noted on incident 1.\n');
    const { notes } = JSON.parse((await brigade('show', '1', '--json')).stdout) as { notes: readonly { by: string }[] };
    expect(notes.map(({ by }) => by.replace(/:.*/, ''))).toEqual(['ana', 'operator']);
    const refused = await scratch.brigade(['incident', 'note', '7', 'x', '--operator'], { env });
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('UNKNOWN_INCIDENT');
  });

  it('writes its report to stdout and to a file, and overwrites none', async () => {
    const { stdout, code } = await brigade('report', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# Incident 1: Deadlock of cook-x\dx and cook-x\dx\n/);
    for (const part of ['## Root cause', 'flowchart LR', 'Nothing was lost', '> I saw it'])
      expect(stdout).toContain(part);
    const report = JSON.parse((await brigade('report', '1', '--format', 'json')).stdout) as {
      causes: readonly { code: string }[];
    };
    expect(report.causes[0]?.code).toBe('deadlock');
    expect(shapeOf(JSON.parse((await brigade('report', '1', '--json')).stdout))).toEqual(shapeOf(report));
    const file = join(scratch.root, 'incident.md');
    expect((await brigade('report', '1', '--out', 'incident.md')).stdout).toContain(
      `Wrote the report of incident 1 to ${file}.`,
    );
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(stdout.split('\n')[0]);
    expect(await brigade('report', '1', '--out', 'incident.md')).toMatchObject({ code: 2 });
    const again = await brigade('report', '1', '--out', 'incident.md', '--force', '--json');
    expect(JSON.parse(again.stdout)).toEqual({ incident: 1, file, format: 'md' });
  });

  it('is closed by an operator alone, once', async () => {
    const refused = await scratch.brigade(['incident', 'close', '1']);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain('OPERATOR_REQUIRED');
    const before = await brigade('close', '1', '--reason', 'both know', '--dry-run');
    expect(before.stdout).toMatch(
      /^Nothing was done. It would be logged:\n {2}Incident 1 is closed by .*: both know\nNothing takes it back.\n$/,
    );
    expect((await brigade('list', '--open')).stdout).toContain('open');
    expect((await brigade('close', '1', '--reason', 'both know')).stdout).toBe('Incident 1 is closed.\n');
    const again = await brigade('close', '1', '--json');
    const told = JSON.parse(again.stdout) as object;
    expect(shapeOf(told)).toEqual(CLI_SHAPES.incidentClosed);
    expect(told).toMatchObject({ incident: 1, closed: true, changed: false });
    const twice = await brigade('close', '1', '--dry-run');
    expect(twice.stdout).toBe('Nothing would be done.\nIncident 1 is closed already.\n');
    expect((await brigade('list')).stdout).toMatch(/\n +1 +closed /);
    expect((await brigade('list', '--open')).stdout).toBe('No incident is open.\n');
  });
});
