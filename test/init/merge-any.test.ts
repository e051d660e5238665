// The same promise for files that nobody thought of: any JSON, laid out in any way, with comments and trailing commas anywhere.

import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { type ParseError, parse as parseJsonc } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { jsonFormat } from '../../src/surface/cli/init/merge/json-file.ts';
import { tomlFormat } from '../../src/surface/cli/init/merge/toml-file.ts';
import { MARKS } from '../../src/surface/cli/init/ours.ts';
import { ENTRY_SETS, TOML_ENTRY } from './corpus.ts';

const json = jsonFormat(MARKS);
const toml = tomlFormat(MARKS);

/** What may stand between two tokens. */
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', ' ', '\n', '\n  ', '\r\n\t', '  ') },
  { weight: 1, arbitrary: fc.constantFrom('// a "comment", {\n', ' // note\r\n  ', '/* [ */', '\n/* two\n lines */ ') },
);

const leaf = fc.oneof(
  fc.constantFrom('null', 'true', '1.5e3', '"plain"', '"a // b"', '"} ] ,"', '"http://x"', '"\\"q\\""', '""'),
  fc.integer().map(String),
);

/** Text of one value, whatever it looks like. */
const { value } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('object'), list(tie('value'))),
  object: objectOf(fc.constantFrom('a', 'b', 'url', 'brigades', 'x y'), tie('value')),
}));

function list(element: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return wrapped('[', fc.array(element, { maxLength: 3 }), ']');
}

function objectOf(keys: fc.Arbitrary<string>, held: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pair = fc.tuple(keys, gap, gap, held);
  const pairs = fc.uniqueArray(pair, { maxLength: 4, selector: ([key]) => key });
  const texts = pairs.map((all) => all.map(([key, one, two, text]) => `${JSON.stringify(key)}${one}:${two}${text}`));
  return wrapped('{', texts, '}');
}

function wrapped(open: string, parts: fc.Arbitrary<readonly string[]>, close: string): fc.Arbitrary<string> {
  return fc.tuple(parts, fc.array(gap, { minLength: 12, maxLength: 12 }), fc.boolean()).map(([texts, gaps, trails]) => {
    const spaced = texts.map((text, i) => `${gaps[2 * i] ?? ''}${text}${gaps[2 * i + 1] ?? ''}`);
    const end = trails && texts.length > 0 ? ',' : '';
    return `${open}${spaced.join(',')}${end}${gaps[11] ?? ''}${close}`;
  });
}

const servers = objectOf(fc.constantFrom('github', 'linear'), value);
const handlers = list(objectOf(fc.constantFrom('type', 'matcher', 'command'), leaf));
const hooks = objectOf(fc.constantFrom('PreToolUse', 'Stop', 'preToolUse', 'stop'), handlers);
const known: Readonly<Record<string, fc.Arbitrary<string>>> = { mcpServers: servers, servers, hooks, version: leaf };

/** A whole file: often with the tables that ours go to. */
const file = fc
  .tuple(gap, wrapped('{', rootPairs(), '}'), gap)
  .map(([above, root, below]) => `${above}${root}${below}`);

function rootPairs(): fc.Arbitrary<readonly string[]> {
  const names = fc.uniqueArray(fc.constantFrom('mcpServers', 'servers', 'hooks', 'version', 'a', 'b'), {
    maxLength: 5,
  });
  return names.chain((all) =>
    fc.tuple(
      ...all.map((name) =>
        fc.tuple(gap, gap, known[name] ?? value).map(([one, two, text]) => `"${name}"${one}:${two}${text}`),
      ),
    ),
  );
}

const entries = fc.constantFrom(...Object.values(ENTRY_SETS));
const unframed = entries.filter((all) => all.every(({ kind }) => kind !== 'frame'));

function meaning(text: string): unknown {
  const errors: ParseError[] = [];
  const found: unknown = parseJsonc(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  expect(errors).toEqual([]);
  return found;
}

describe('any JSON', () => {
  it('is the same again, to the byte', () => {
    fc.assert(
      fc.property(file, entries, (text, wanted) => {
        const before = json.observe(text, wanted);
        const put = json.put(text, wanted);
        meaning(put);
        expect(json.put(put, wanted)).toBe(put);
        expect(json.take(put, before).text).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  it('means the same again without anything remembered, but for what was empty', () => {
    fc.assert(
      fc.property(file, unframed, (text, wanted) => {
        const left = json.take(json.put(text, wanted), null).text;
        expect(isDeepStrictEqual(withoutEmpty(meaning(left)), withoutEmpty(meaning(text)))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses ours and nothing else when a user changed a word of theirs meanwhile', () => {
    fc.assert(
      fc.property(file, entries, fc.constantFrom('x', 'a longer word', '{', '//'), (text, wanted, word) => {
        const change = (from: string): string => from.replaceAll('"plain"', JSON.stringify(word));
        const before = json.observe(text, wanted);
        expect(json.take(change(json.put(text, wanted)), before).text).toBe(change(text));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Without the tables of ours that hold nothing. */
function withoutEmpty(found: unknown): unknown {
  if (typeof found !== 'object' || found === null) return found;
  const kept = Object.entries(found).filter(([, held]) => !isEmptyDeep(held));
  return Object.fromEntries(kept.map(([key, held]) => [key, key === 'hooks' ? withoutEmpty(held) : (held as unknown)]));
}

function isEmptyDeep(held: unknown): boolean {
  return typeof held === 'object' && held !== null && Object.values(held).every(isEmptyDeep);
}

describe('any TOML', () => {
  const line = fc.constantFrom(
    '# note',
    '',
    'a = 1',
    '  b = "x" # y',
    '[t]',
    '[u.v]',
    '[[w]]',
    'c = [\n 1,\n]',
    "d = '''\n[q]\n'''",
  );
  const text = fc
    .tuple(fc.uniqueArray(line, { maxLength: 9 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([lines, end, isEnded]) => `${lines.join('\n').replaceAll('\n', end)}${isEnded ? end : ''}`);

  it('is the same again, to the byte', () => {
    fc.assert(
      fc.property(text, (from) => {
        const before = toml.observe(from, [TOML_ENTRY]);
        const put = toml.put(from, [TOML_ENTRY]);
        expect(put.startsWith(from)).toBe(true);
        expect(toml.put(put, [TOML_ENTRY])).toBe(put);
        expect(toml.take(put, before).text).toBe(from);
      }),
      { numRuns: 1_000 },
    );
  });
});
