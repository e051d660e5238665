// The corpus as files on the disk: written into and taken out of again by the same plans that the command carries out.

import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initParts } from '../../src/compose.ts';
import { applyPlan } from '../../src/surface/cli/init/apply-plan.ts';
import type { Client, ClientName } from '../../src/surface/cli/init/client.ts';
import { CLIENTS } from '../../src/surface/cli/init/clients/clients.ts';
import { isChange } from '../../src/surface/cli/init/file-plan.ts';
import type { InitOrder } from '../../src/surface/cli/init/file-wish.ts';
import { launchHere } from '../../src/surface/cli/init/launch.ts';
import { type InitPlan, type Looks, planInit, planRemoval } from '../../src/surface/cli/init/plan-init.ts';
import { containing, matching } from '../support/matching.ts';
import { JSON_CORPUS, TOML_CORPUS } from './corpus.ts';

const USER: InitOrder = { scope: 'user', hooks: true, onFault: 'open', http: null };
let folder: string;
let home: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'brigade-init-')));
  home = join(folder, 'home');
  mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (...names: readonly ClientName[]): readonly Client[] =>
  CLIENTS.filter(({ name }) => names.includes(name));

async function parts() {
  return initParts({ XDG_STATE_HOME: join(folder, 'state') });
}

async function looks(): Promise<Looks> {
  const { records } = await parts();
  return {
    around: { root: null, home, env: {}, platform: 'linux' },
    launch: launchHere('/opt/node/bin/node'),
    gitFolder: null,
    recordOf: (path) => records.read(path),
    standingOf: async () => 'none',
    gitPlan: async () => null,
  };
}

async function plan(clients: readonly Client[], order = USER): Promise<InitPlan> {
  const planned = await planInit(await looks(), clients, order, false);
  if (!('files' in planned)) throw new Error(planned[0]?.message);
  return planned;
}

async function init(clients: readonly Client[], order = USER): Promise<InitPlan> {
  const planned = await plan(clients, order);
  await applyPlan(planned, (await parts()).records);
  return planned;
}

async function remove(clients: readonly Client[]): Promise<InitPlan> {
  const planned = await planRemoval(await looks(), clients, 'user');
  await applyPlan(planned, (await parts()).records);
  return planned;
}

function write(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function instead(file: string, make: () => void): void {
  rmSync(file);
  make();
}

/** Everything below home: names, bytes, modes, links. */
function picture(): readonly (readonly unknown[])[] {
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' }).toSorted();
  return paths.map((path) => {
    const stats = lstatSync(join(home, path));
    return [path, stats.mode, stats.isFile() ? readFileSync(join(home, path)).toString('latin1') : null];
  });
}

const PLACES: readonly (readonly [ClientName, string, Readonly<Record<string, string>>])[] = [
  ['claude-code', '.claude.json', JSON_CORPUS],
  ['claude-code', '.claude/settings.json', JSON_CORPUS],
  ['cursor', '.cursor/mcp.json', JSON_CORPUS],
  ['cursor', '.cursor/hooks.json', JSON_CORPUS],
  ['vscode', '.config/Code/User/mcp.json', JSON_CORPUS],
  ['vscode', '.copilot/hooks/brigade.json', JSON_CORPUS],
  ['codex', '.codex/config.toml', TOML_CORPUS],
  ['codex', '.codex/hooks.json', JSON_CORPUS],
  ['gemini', '.gemini/settings.json', JSON_CORPUS],
];

describe.each(PLACES)('%s, %s', (name, path, corpus) => {
  it.each(Object.entries(corpus))('%s: the same to the byte after init and --remove', async (_, text) => {
    write(path, text);
    const before = picture();
    await init(named(name));
    expect(readFileSync(join(home, path), 'utf8')).toContain('brigade');
    expect(readFileSync(join(home, path), 'utf8').startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
    const again = await plan(named(name));
    expect(again.files.filter((file) => isChange(file.plan))).toEqual([]);
    const removed = await remove(named(name));
    expect(picture()).toEqual(before);
    expect(removed.files.find((file) => file.plan.target.path.endsWith(path))?.plan.isRestored).toBe(true);
    expect((await remove(named(name))).files.filter((file) => isChange(file.plan))).toEqual([]);
  });
});

describe('a home without anything', () => {
  it('is without anything again', async () => {
    await init(CLIENTS);
    expect(picture().length).toBeGreaterThan(9);
    await remove(CLIENTS);
    expect(picture()).toEqual([]);
  });

  it('keeps a folder that something else was put into', async () => {
    await init(named('cursor'));
    write('.cursor/rules.md', 'mine\n');
    await remove(named('cursor'));
    expect(picture().map(([path]) => path)).toEqual(['.cursor', '.cursor/rules.md']);
  });

  it('keeps a file that something else was put into, and forgets that it made it', async () => {
    await init(named('cursor'));
    const file = join(home, '.cursor/mcp.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('{\n', '{\n  "mine": true,\n'));
    await remove(named('cursor'));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ mine: true });
    expect(existsSync(join(home, '.cursor/hooks.json'))).toBe(false);
  });
});

describe('init once more', () => {
  const { codex, json } = { codex: '.codex/config.toml', json: '.gemini/settings.json' };

  it('adds what is asked for later, and --remove takes out both', async () => {
    write(json, '{\n  "hooks": {},\n  "theme": "dark"\n}');
    const before = picture();
    await init(named('gemini'), { ...USER, hooks: false });
    expect(readFileSync(join(home, json), 'utf8')).not.toContain('BeforeTool');
    await init(named('gemini'));
    expect(readFileSync(join(home, json), 'utf8')).toContain('BeforeTool');
    await init(named('gemini'), { ...USER, http: new URL('http://127.0.0.1:7420/') });
    expect(readFileSync(join(home, json), 'utf8')).toContain('"httpUrl"');
    await remove(named('gemini'));
    expect(picture()).toEqual(before);
  });

  it.each([
    [codex, '[mcp_servers.brigade]\ncommand = "brigade"\nargs = ["mcp", "--client", "codex"]\n'],
    [json, '{ "mcpServers": { "brigade": { "command": "brigade", "args": ["mcp"] } }, "theme": "dark" }'],
  ])('brings an entry up to date that a person wrote by hand into %s', async (path, text) => {
    write(path, text);
    await init(CLIENTS);
    expect(readFileSync(join(home, path), 'utf8')).toContain('/opt/node/bin/node');
    await remove(CLIENTS);
    expect(readFileSync(join(home, path), 'utf8')).not.toContain('brigade');
  });

  it('says words of one kind of server alone: Codex refuses a file that mixes them', async () => {
    const file = write(codex, 'model = "o3"\n');
    await init(named('codex'), { ...USER, hooks: false, http: new URL('https://brigade.example.org/') });
    expect(readFileSync(file, 'utf8')).toContain('bearer_token_env_var = "BRIGADE_JOIN_TOKEN"');
    await init(named('codex'), { ...USER, hooks: false });
    expect(readFileSync(file, 'utf8')).toMatch(/command = .*\n/);
    expect(readFileSync(file, 'utf8')).not.toMatch(/url|bearer/);
    await init(named('codex'), { ...USER, hooks: false, http: new URL('http://127.0.0.1:7420/') });
    expect(readFileSync(file, 'utf8')).not.toMatch(/command|args|env_vars|bearer/);
    await remove(named('codex'));
    expect(readFileSync(file, 'utf8')).toBe('model = "o3"\n');
  });

  it('works without what was remembered, too', async () => {
    write(json, '{\n  "theme": "dark"\n}\n');
    const before = picture();
    await init(named('gemini'));
    rmSync(join(folder, 'state'), { recursive: true });
    await init(named('gemini'), { ...USER, hooks: false });
    rmSync(join(folder, 'state'), { recursive: true, force: true });
    await remove(named('gemini'));
    expect(picture()).toEqual(before);
  });
});

describe('a file that is not just a file', () => {
  it('is followed where it is a link, and stays one', async () => {
    mkdirSync(join(home, 'dotfiles'));
    const real = join(home, 'dotfiles', 'cursor.json');
    writeFileSync(real, '{ "mcpServers": {} }\n', { mode: 0o640 });
    chmodSync(real, 0o640);
    mkdirSync(join(home, '.cursor'));
    symlinkSync('../dotfiles/cursor.json', join(home, '.cursor', 'mcp.json'));
    const before = picture();
    await init(named('cursor'), { ...USER, hooks: false });
    expect(lstatSync(join(home, '.cursor', 'mcp.json')).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('brigade');
    expect(statSync(real).mode & 0o777).toBe(0o640);
    await remove(named('cursor'));
    expect(picture()).toEqual(before);
  });

  it.each([
    ['read-only', (file: string) => chmodSync(file, 0o444), /mcp\.json is read-only/],
    ['the same under two names', (file: string) => linkSync(file, `${file}.bak`), /the same file under 2 names/],
    ['a folder', (file: string) => instead(file, () => mkdirSync(file)), /mcp\.json is no file/],
    [
      'a link that leads nowhere',
      (file: string) => instead(file, () => symlinkSync('gone', file)),
      /a link that leads nowhere/,
    ],
    ['no text', (file: string) => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x7b, 0])), /no text in UTF-8/],
    [
      'invalid',
      (file: string) => writeFileSync(file, '{\n  "a" 1\n}'),
      /mcp\.json, line 2, column 7: it is no valid JSON/,
    ],
  ])('is refused where it is %s, and nothing is written', async (_, make, message) => {
    make(write('.cursor/mcp.json', '{}'));
    const before = picture();
    const planned = await planInit(await looks(), CLIENTS, USER, false);
    expect(planned).toMatchObject([{ code: 'INVALID_ARGUMENT', message: matching(message), next: containing('') }]);
    expect(picture()).toEqual(before);
  });

  it('keeps nobody from taking ours out of the others, and is told of where it names us', async () => {
    await init(named('cursor', 'gemini'));
    writeFileSync(join(home, '.cursor/mcp.json'), '{ "brigade": ');
    write('.config/Code/User/mcp.json', '{ "servers": ');
    const { leftOut } = await remove(CLIENTS);
    expect(leftOut).toEqual([matching(/\.cursor\/mcp\.json, line 1, column 14: it is no valid JSON/)]);
    expect(existsSync(join(home, '.gemini/settings.json'))).toBe(false);
    writeFileSync(join(home, '.cursor/mcp.json'), '{}');
    expect((await remove(CLIENTS)).leftOut).toEqual([]);
  });

  it('is not written when somebody else wrote it since it was read', async () => {
    const file = write('.cursor/mcp.json', '{}');
    const planned = await plan(named('cursor', 'gemini'));
    writeFileSync(file, '{ "mine": 1 }');
    const { records } = await parts();
    await expect(applyPlan(planned, records)).rejects.toThrow(/was changed by somebody else/);
    expect(readFileSync(file, 'utf8')).toBe('{ "mine": 1 }');
    expect(readdirSync(home).toSorted()).toEqual(['.cursor']);
    await init(named('cursor', 'gemini'));
    await remove(named('cursor', 'gemini'));
    expect(readFileSync(file, 'utf8')).toBe('{ "mine": 1 }');
  });

  it('leaves no draft beside it', async () => {
    write('.cursor/mcp.json', '{}');
    await init(named('cursor'));
    expect(readdirSync(join(home, '.cursor')).toSorted()).toEqual(['hooks.json', 'mcp.json']);
  });
});
