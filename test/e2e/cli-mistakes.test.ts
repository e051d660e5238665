// What the command line says of itself, and to whoever makes a mistake.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_SHAPES } from '../pins/cli.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
let one: Shell;

beforeAll(() => {
  scratch = new Scratch();
  one = new Shell(scratch, 'one');
});
afterAll(async () => {
  await one.close();
  await scratch.close();
});

describe('mistakes', () => {
  it.each([
    [['acquire'], 'one of the two'],
    [['acquire', 'src/a.ts', '--wait', '30'], 'say 30s or 30ms'],
    [['acquire', 'src/a.ts', '--priority', 'high'], 'no whole number'],
    [['acquire', 'src/a.ts', '--frobnicate'], "Unknown option '--frobnicate'"],
    [['acquire', '../../etc/passwd'], 'PATH_OUTSIDE_WORKSPACE'],
    [['acquire', 'src/a.ts', '--agent', '../x'], 'INVALID_ID'],
    [['release', 'src/a.ts'], 'needs its token'],
    [['lokcs'], 'Did you mean locks?'],
    [['handoff', 'offer', 'task:x=1'], '--to'],
    [['revoke', 'src/a.ts'], '--reason'],
    [['locks', '--store', 'mysql://h'], 'there is no store called'],
    [['locks', '--store', 'redis+sentinel://h'], 'what stands after'],
    [['locks', '--root', '/nowhere/at/all'], 'nowhere'],
  ])('%j end with exit code 2 and a hint', async (args, hint) => {
    const { code, stdout, stderr } = await one.brigade(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^brigade: /);
    expect(stderr).toContain(hint);
  });

  it('are one JSON document with --json, and nothing else', async () => {
    for (const args of [['acquire'], ['lokcs'], ['acquire', '../x'], ['acquire', 'x', '--wait', '1']]) {
      const { code, stdout, stderr } = await one.brigade(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
      expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(CLI_SHAPES.rejection));
    }
  });

  it('name what is missing with exit code 1', async () => {
    await one.brigade('acquire', 'task:x');
    expect(await one.brigade('withdraw', 'tic_nobody')).toMatchObject({ code: 1 });
    expect(await one.brigade('handoff', 'accept', 'off_nobody')).toMatchObject({ code: 1 });
  });
});

describe('help', () => {
  it('lists every command, and explains each', async () => {
    const help = await one.brigade('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    const names =
      'mcp drill status locks agents waits watch acquire renew release withdraw check handoff run revoke token store doctor config';
    for (const name of names.split(' ')) expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    for (const name of names.split(' ').filter((each) => each !== 'drill')) {
      const { stdout } = await one.brigade(name, '--help');
      expect(stdout).toContain(`Usage: brigade ${name}`);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('tells the version', async () => {
    expect((await one.brigade('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
