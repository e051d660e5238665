// Entries put into files of clients and taken out again: byte for byte what was there, whoever changed something else meanwhile.

import { isDeepStrictEqual } from 'node:util';
import { applyEdits as jsoncApply, format as jsoncFormat, modify, parse as parseJsonc } from 'jsonc-parser';
import { parseTOML } from 'toml-eslint-parser';
import { describe, expect, it } from 'vitest';
import type { ConfigFormat, Entry } from '../../src/surface/cli/init/merge/config-file.ts';
import { ConfigFlaw } from '../../src/surface/cli/init/merge/config-flaw.ts';
import { jsonFormat } from '../../src/surface/cli/init/merge/json-file.ts';
import { putLines, takeLines } from '../../src/surface/cli/init/merge/line-file.ts';
import { tomlFormat } from '../../src/surface/cli/init/merge/toml-file.ts';
import { MARKS } from '../../src/surface/cli/init/ours.ts';
import { ENTRY_SETS, INVALID_JSON, INVALID_TOML, JSON_CORPUS, TOML_CORPUS, TOML_ENTRY } from './corpus.ts';

const json = jsonFormat(MARKS);
const toml = tomlFormat(MARKS);
const BOM = /^\uFEFF/;

/** A byte order mark is kept off by whoever reads the file. */
const texts = (corpus: Readonly<Record<string, string>>): (readonly [string, string])[] =>
  Object.entries(corpus).map(([name, text]) => [name, text.replace(BOM, '')] as const);
const sets = Object.entries(ENTRY_SETS);
const cases = texts(JSON_CORPUS).flatMap(([name, text]) =>
  sets.map(([what, entries]) => [name, what, text, entries] as const),
);

function said(format: ConfigFormat, text: string, entries: readonly Entry[]): string {
  try {
    format.put(text, entries);
  } catch (error) {
    if (error instanceof ConfigFlaw) return `line ${error.line}, column ${error.column} ${error.message}`;
    throw error;
  }
  return 'nothing';
}

function isIn(value: Readonly<Record<string, Record<string, unknown>>>, entry: Entry): boolean {
  if (entry.kind === 'frame') return isDeepStrictEqual(value[entry.key], entry.value);
  if (entry.kind === 'server') return isDeepStrictEqual(value[entry.at]?.[entry.name], entry.value);
  const list = value.hooks?.[entry.at[1]] as readonly unknown[];
  return list.some((each) => isDeepStrictEqual(each, entry.value));
}

describe('JSON', () => {
  it.each(cases)('%s: %s put in once and taken out again', (_, _what, text, entries) => {
    const put = json.put(text, entries);
    const errors: never[] = [];
    const value = parseJsonc(put, errors, { allowTrailingComma: true }) as Record<string, Record<string, unknown>>;
    expect(errors).toEqual([]);
    for (const entry of entries) expect(isIn(value, entry)).toBe(true);
    expect(json.put(put, entries)).toBe(put);
    expect(json.take(put, json.observe(text, entries)).text).toBe(text);
  });

  it.each(cases)('%s: %s taken out, and what the user wrote meanwhile stays', (_, _what, text, entries) => {
    const before = json.observe(text, entries);
    const put = json.put(text, entries);
    const added = (from: string): string =>
      jsoncApply(from, modify(from, ['added', 'later'], [1], { formattingOptions: {} }));
    const left = json.take(added(put), before).text;
    const plain = parseJsonc(text.trim() === '' ? '{}' : text, [], { allowTrailingComma: true }) as object | undefined;
    const value = parseJsonc(left, [], { allowTrailingComma: true }) as object;
    expect(value).toMatchObject({ ...plain, added: { later: [1] } });
    expect(left).not.toContain('brigade');
    expect(json.take(put.replaceAll('"a"', '"b"'), before).text).toBe(text.replaceAll('"a"', '"b"'));
  });

  it.each(cases)('%s: %s found again after a formatter wrote all of it anew', (_, _what, text, entries) => {
    const before = json.observe(text, entries);
    const put = json.put(text, entries);
    const edits = jsoncFormat(put, undefined, { insertSpaces: true, tabSize: 8, eol: '\n', insertFinalNewline: true });
    const left = json.take(jsoncApply(put, edits), before).text;
    expect(left).not.toContain('brigade');
    expect(parseJsonc(left, [], { allowTrailingComma: true })).toEqual(
      parseJsonc(text, [], { allowTrailingComma: true }),
    );
  });

  it.each(Object.entries(INVALID_JSON))('%s is refused with the place', (_, [text, where]) => {
    const entries = Object.values(ENTRY_SETS).flat();
    expect(said(json, text, entries)).toMatch(where);
  });

  it('takes out its own handler of a group that a user put theirs into', () => {
    const entries = ENTRY_SETS['hooks in groups'] ?? [];
    const put = json.put('{}', entries);
    const mixed = put.replace('"hooks": [', '"hooks": [{ "command": "./mine.sh" }, ');
    const left = parseJsonc(json.take(mixed, null).text) as Record<string, unknown>;
    expect(left).toEqual({ hooks: { PreToolUse: [{ matcher: 'Edit|Write', hooks: [{ command: './mine.sh' }] }] } });
  });

  it('brings an older entry up to date and keeps what a user added to it', () => {
    const older = `{
  "mcpServers": {
    "brigade": { "command": "brigade", "args": ["mcp"], "env": { "BRIGADE_PURPOSE": "docs" } }, // mine
    "other": { "url": "http://x" }
  }
}
`;
    const put = json.put(older, ENTRY_SETS['a server'] ?? []);
    expect(put).toBe(
      older.replace(
        '"command": "brigade", "args": ["mcp"], "env": { "BRIGADE_PURPOSE": "docs" } }',
        '"command": "npx", "args": ["-y", "brigade@0", "mcp", "--client", "cursor"], "env": { "BRIGADE_PURPOSE": "docs" }, "alwaysLoad": true }',
      ),
    );
    const remote = json.put(put, [
      { kind: 'server', at: 'mcpServers', name: 'brigade', value: { url: 'http://h/mcp' } },
    ]);
    expect(parseJsonc(remote)).toMatchObject({
      mcpServers: { brigade: { url: 'http://h/mcp', env: { BRIGADE_PURPOSE: 'docs' } } },
    });
    expect(remote).not.toContain('npx');
    expect(json.take(remote, null).text).toBe(older.replace(/\n {4}"brigade".*,( \/\/ mine)/, '$1'));
  });

  it('puts a newer hook in the place of an older one of ours, and leaves a time-out that a user set', () => {
    const entries = ENTRY_SETS['hooks in groups'] ?? [];
    const slow = json.put('{}', entries).replaceAll('"timeout": 10', '"timeout": 99');
    expect(json.put(slow, entries)).toBe(slow);
    const moved = slow.replaceAll('/opt/brigade/', '/old/brigade/').replace('"Stop"', '"Gone"');
    const put = json.put(moved, entries);
    expect(put).not.toContain('/old/');
    expect(Object.keys((parseJsonc(put) as { hooks: object }).hooks)).toEqual(['PreToolUse', 'PostToolUse', 'Stop']);
    expect(json.put(put, entries)).toBe(put);
  });

  it('leaves hooks alone where only a server is asked for', () => {
    const put = json.put('{}', ENTRY_SETS['hooks in groups'] ?? []);
    expect(json.put(put, ENTRY_SETS['a server'] ?? [])).toContain('PreToolUse');
  });

  it('says when nothing of anybody else is left', () => {
    for (const entries of Object.values(ENTRY_SETS)) {
      const before = json.observe('', entries);
      expect(json.take(json.put('', entries), before)).toEqual({ text: '', isEmpty: true });
      const mine = json.put('', entries).replace('{', '{\n  "mine": true,');
      expect(json.take(mine, before).isEmpty).toBe(false);
    }
  });

  it('keeps the frame for hooks that a user put beside ours', () => {
    const entries = ENTRY_SETS['hooks in a frame'] ?? [];
    const put = json.put('', entries).replace('"stop": [', '"stop": [{ "command": "./mine.sh" }, ');
    const left = json.take(put, json.observe('', entries));
    expect(parseJsonc(left.text)).toEqual({ version: 1, hooks: { stop: [{ command: './mine.sh' }] } });
  });
});

describe('TOML', () => {
  const entries = [TOML_ENTRY];

  it.each(texts(TOML_CORPUS))('%s: a server put in once and taken out again', (_, text) => {
    const put = toml.put(text, entries);
    expect(() => parseTOML(put)).not.toThrow();
    expect(put.startsWith(text)).toBe(true);
    expect(toml.put(put, entries)).toBe(put);
    expect(toml.take(put, toml.observe(text, entries)).text).toBe(text);
  });

  it.each(texts(TOML_CORPUS))('%s: a server taken out, and what the user wrote meanwhile stays', (_, text) => {
    const before = toml.observe(text, entries);
    const put = toml.put(text, entries);
    const end = put.endsWith('\n') ? '' : '\n';
    const later = `${put}${end}\n[mcp_servers.brigade.env]\nK = "v"\n\n[later]\nx = 1\n`;
    const left = toml.take(later, before).text;
    expect(left.startsWith(text)).toBe(true);
    expect(left.slice(text.length)).toMatch(/^\s*\[later\]\nx = 1\n$/);
  });

  it.each(Object.entries(INVALID_TOML))('%s is refused with the place', (_, [text, where]) => {
    expect(said(toml, text, entries)).toMatch(where);
  });

  it.each([
    [
      'a table',
      '[mcp_servers.brigade]\ncommand = "brigade" # old\nargs = ["mcp"]\nenabled = false\n',
      'enabled = false',
    ],
    ['a table without a line end', '[mcp_servers.brigade]\nurl = "http://h/mcp"', ''],
    [
      'one value',
      '[mcp_servers]\nbrigade = { command = "brigade", args = ["mcp"] }\nother = { url = "u" }\n',
      'other = {',
    ],
    ['dotted keys', 'mcp_servers.brigade.command = "brigade"\nmcp_servers.brigade.args = ["mcp"]\nx = 1\n', 'x = 1'],
  ])('brings an older entry up to date that is written as %s', (_, text, kept) => {
    const put = toml.put(text, entries);
    expect(put).toContain('command = "/opt/node/bin/node"');
    expect(put).toContain(kept);
    expect(put).not.toContain('url = "http');
    expect(toml.put(put, entries)).toBe(put);
    expect(toml.take(put, null).text).not.toContain('brigade');
  });
});

describe('lines', () => {
  const lines = ['/.claude/settings.local.json', '/.cursor/hooks.json'];

  it.each(['', '\n', '*.log', '*.log\n', '# mine\r\n*.log\r\n', '/.cursor/hooks.json\n'])(
    '%j gets them once and loses them',
    (text) => {
      const before = { blank: text.trim() === '' ? text : null, containers: {}, framed: [] };
      const put = putLines(text, lines);
      for (const line of lines) expect(put.split(/\r?\n/)).toContain(line);
      expect(putLines(put, lines)).toBe(put);
      expect(takeLines(put, lines, before).text).toBe(text);
      expect(takeLines(`${put}\n`, lines, before).text.trim()).toBe(text.trim());
    },
  );
});
