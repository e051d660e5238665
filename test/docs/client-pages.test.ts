// The pages of the clients and the plugin, held against what init writes: each file, each event, each tool, and the examples
// word by word.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseTOML } from 'toml-eslint-parser';
import { describe, expect, it } from 'vitest';
import type { Client } from '../../src/surface/cli/init/client.ts';
import { CLIENTS } from '../../src/surface/cli/init/clients/clients.ts';
import type { InitOrder, Surroundings } from '../../src/surface/cli/init/file-wish.ts';
import { launchHere } from '../../src/surface/cli/init/launch.ts';
import type { Entry } from '../../src/surface/cli/init/merge/config-file.ts';
import { jsonFormat } from '../../src/surface/cli/init/merge/json-file.ts';
import { tomlFormat } from '../../src/surface/cli/init/merge/toml-file.ts';
import { MARKS } from '../../src/surface/cli/init/ours.ts';
import { shownPath } from '../../src/surface/cli/init/show-plan.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const pageOf = (client: Client): string =>
  textOf(`docs/clients/${client.name === 'vscode' ? 'vscode' : client.name}.md`);

const around: Surroundings = { root: '/w/shop', home: '/home/ana', env: {}, platform: 'linux' };
const order: InitOrder = { scope: 'project', hooks: true, onFault: 'open', http: null };
const launch = launchHere('/path/to/node');
const byName = CLIENTS.map((client) => [client.name, client] as const);

function hooksOf(client: Client): readonly Extract<Entry, { kind: 'hook' }>[] {
  return client.hooks.entries(order, launch).filter((entry) => entry.kind === 'hook');
}

describe.each(byName)('the page of %s', (_, client) => {
  it('names every file that init may write', () => {
    const places = (['project', 'user'] as const).flatMap((scope) => [
      client.server.place(scope, around),
      client.hooks.place(scope, around, false),
      client.hooks.place(scope, around, client.hooks.speaksHttp),
    ]);
    const page = pageOf(client);
    for (const { path } of places) expect(page).toContain(`\`${shownPath(path, around)}\``);
  });

  it('names every event, and every tool that a matcher picks', () => {
    const page = pageOf(client);
    const words = hooksOf(client).flatMap(({ at, value }) => [
      at[1],
      ...(typeof value.matcher === 'string' ? value.matcher.split('|') : []),
    ]);
    for (const word of words.filter((each) => each !== '')) expect(page).toContain(`\`${word}\``);
  });

  it('shows the entry as it is written', () => {
    const entry = client.server.entry(order, 'shared', launch);
    const blocks = Array.from(pageOf(client).matchAll(/```(?:json|toml)\n([\s\S]+?)```/g), ([, block = '']) => block);
    const format = client.server.format === 'toml' ? tomlFormat(MARKS) : jsonFormat(MARKS);
    expect(blocks.some((block) => format.put(block, [entry]) === block)).toBe(true);
  });

  it('says what of it nobody has seen yet, and how to take it out', () => {
    expect(pageOf(client)).toMatch(/\*\*Not yet seen live/);
    expect(pageOf(client)).toContain(`brigade init --client ${client.name} --remove`);
  });
});

it('there is a page for each client and no other, and links lead somewhere', () => {
  const names = readdirSync(join(root, 'docs/clients')).toSorted();
  expect(names).toEqual(['README.md', ...CLIENTS.map(({ name }) => `${name}.md`)].toSorted());
  for (const name of names) {
    const page = `docs/clients/${name}`;
    const links = Array.from(textOf(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g), ([, link = '']) => link);
    for (const link of links) expect([link, existsSync(join(root, dirname(page), link))]).toEqual([link, true]);
  }
});

describe('the plugin', () => {
  const plugin = (path: string): unknown => JSON.parse(textOf(`plugin/${path}`));

  it('has the version of the package', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    expect(plugin('.claude-plugin/plugin.json')).toMatchObject({ name: 'brigade', version });
    expect(plugin('.claude-plugin/marketplace.json')).toMatchObject({ plugins: [{ name: 'brigade', source: './' }] });
  });

  it('has the hooks and the server that init writes, found on the PATH', () => {
    const claude = CLIENTS.find(({ name }) => name === 'claude-code') as Client;
    const onPath = { ...launch, hook: (args: readonly string[]) => ['brigade-hook', ...args].join(' ') };
    const expected = claude.hooks
      .entries(order, onPath)
      .map((entry) => entry.kind === 'hook' && [entry.at[1], [entry.value]]);
    const { hooks } = plugin('hooks/hooks.json') as { hooks: Record<string, unknown> };
    expect(Object.entries(hooks)).toEqual(expected);
    const { mcpServers } = plugin('.mcp.json') as { mcpServers: { brigade: unknown } };
    expect(mcpServers.brigade).toEqual({
      command: 'brigade',
      args: ['mcp', '--client', 'claude-code'],
      alwaysLoad: true,
    });
    expect(MARKS.isServer('brigade', mcpServers.brigade)).toBe(true);
  });

  it('teaches tools that there are', () => {
    const skill = textOf('plugin/skills/brigade/SKILL.md');
    const [, front = ''] = /^---\n([\s\S]+?)\n---\n/.exec(skill) ?? [];
    expect(front).toMatch(/^name: brigade\ndescription: .{40,1024}$/);
    const tools = readdirSync(join(root, 'src/surface/mcp/tools')).map((name) =>
      name.replace(/\.ts$/, '').replaceAll('-', '_'),
    );
    const named = Array.from(skill.matchAll(/`([a-z]+_[a-z]+)`/g), ([, name = '']) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !tools.includes(name))).toEqual([]);
  });
});

it('the example of Codex is TOML', () => {
  const [, block = ''] = /```toml\n([\s\S]+?)```/.exec(textOf('docs/clients/codex.md')) ?? [];
  expect(() => parseTOML(block)).not.toThrow();
});
