// What may stand where the cursor is, without a shell and without a fleet.

import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../command-table.ts';
import { commandOf } from '../command-tree.ts';
import { DRILLS } from '../drill/drills.ts';
import { CLIENTS } from '../init/clients/clients.ts';
import { cursorIn, placeholderOf } from './cursor.ts';
import { BY_PLACEHOLDER, EXCEPTIONS, kindOf } from './kinds.ts';
import { unquoted } from './unquoted.ts';

const words = async (...typed: readonly string[]) => (await cursorIn(typed)).words.map(({ value }) => value);
const kind = async (...typed: readonly string[]) => (await cursorIn(typed)).kind;

interface PlaceInUsage {
  readonly where: string;
  readonly placeholder: string;
  readonly hasChoices: boolean;
}

async function allPlaces(): Promise<readonly PlaceInUsage[]> {
  const commands = await Promise.all(COMMANDS.map((entry) => commandOf(entry)));
  return commands.flatMap((command) => placesOf(command, command.name()));
}

function placesOf(command: Command, path: string): readonly PlaceInUsage[] {
  return [
    ...command.registeredArguments.map((each) => {
      return { where: `${path} ${each.name()}`, placeholder: each.name(), hasChoices: each.argChoices !== undefined };
    }),
    ...command.options
      .filter(({ required, optional }) => required || optional)
      .map((each) => {
        const where = `${path} ${each.long}`;
        return { where, placeholder: placeholderOf(each), hasChoices: each.argChoices !== undefined };
      }),
    ...command.commands.flatMap((each) => placesOf(each, `${path} ${each.name()}`)),
  ];
}

describe('the table of values', () => {
  it('knows every argument and every option that takes a value, and no other', { timeout: 60_000 }, async () => {
    const places = await allPlaces();
    const unknown = places.filter(
      ({ where, placeholder, hasChoices }) =>
        !hasChoices && !placeholder.includes('|') && !(where in EXCEPTIONS) && !(placeholder in BY_PLACEHOLDER),
    );
    expect(unknown).toEqual([]);
    const named = new Set(places.map(({ placeholder }) => placeholder));
    expect(Object.keys(BY_PLACEHOLDER).filter((each) => !named.has(each))).toEqual([]);
    const known = new Set(places.map(({ where }) => where));
    expect(Object.keys(EXCEPTIONS).filter((each) => !known.has(each))).toEqual([]);
  });

  it('names the drills and the clients that there are', () => {
    expect(kindOf('drill name', 'name')).toEqual(DRILLS.map(({ name }) => name));
    expect(kindOf('init --client', 'name')).toEqual(CLIENTS.map(({ name }) => name));
  });
});

describe('where the cursor stands', () => {
  it.each([
    [['lo'], 'every command'],
    [['--root', '/x', ''], 'every command'],
    [['help', ''], 'every command'],
  ])('%j: %s', async (typed) => {
    expect(await words(...typed)).toEqual(COMMANDS.map(({ name }) => name));
  });

  it.each([
    [
      ['alerts', ''],
      ['ack', 'unack', 'silence', 'hooks', 'hook'],
    ],
    [
      ['at', '10m', 'incident', ''],
      ['list', 'show', 'note', 'close', 'report'],
    ],
    [['help', 'x', ''], []],
    [['nonsense', ''], []],
  ])('%j: commands below', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it.each([
    [['locks', '--holder', ''], 'agent'],
    [['locks', '--holder=a'], 'agent'],
    [['--agent', 'ana', 'release', ''], 'lease'],
    [['release', 'src/a.ts=5', ''], 'lease'],
    [['acquire', '--shared', '--wait', '30s', 'src/a'], 'resource'],
    [['run', '--lock', ''], 'resource'],
    [['run', '--lock', 'src/a.ts', '--', 'npm', ''], 'files'],
    [['revoke', ''], 'held'],
    [['rescue', ''], 'finding'],
    [['handoff', 'offer', 'src/a.ts=5', '--to', ''], 'agent'],
    [['policy', 'check', ''], 'files'],
    [['at', '10m', 'locks', '--holder', ''], 'agent'],
    [['pause', 'ana', ''], 'nothing'],
    [
      ['init', '--fail', ''],
      ['open', 'closed'],
    ],
    [
      ['init', '--client', 'cursor', ''],
      ['claude-code', 'cursor', 'vscode', 'codex', 'gemini'],
    ],
    [
      ['export', '--format', ''],
      ['csv', 'ndjson', 'json'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('%j: values of the kind %j', async (typed, expected) => {
    expect(await kind(...typed)).toEqual(expected);
  });

  it('offers options of the command, with those that every command takes', async () => {
    const options = await words('locks', '--');
    expect(options).toEqual(expect.arrayContaining(['--holder', '--waiting', '--json', '--root', '--help']));
    expect(await words('locks', '--', '-')).toEqual([]);
  });

  it('says which fleet is meant, and what stands before a value', async () => {
    const cursor = await cursorIn(['locks', '--root', '/w/shop', '--store=memory:', '--holder=an']);
    expect(cursor).toMatchObject({ flags: { root: '/w/shop', store: 'memory:' }, before: '--holder=', typed: 'an' });
  });
});

it.each([
  ['src/a.ts', 'src/a.ts'],
  ['"src/a b', 'src/a b'],
  [String.raw`src/a\ b`, 'src/a b'],
  [`'it'"'"s`, "it's"],
  [String.raw`"a\"b\$"c\\`, 'a"b$c\\'],
  ['', ''],
])('%s is read as %s', (word, read) => {
  expect(unquoted(word)).toBe(read);
});
