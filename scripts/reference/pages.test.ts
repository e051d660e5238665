// The reference is what the code makes: where a page is behind, `npm run reference` writes it anew.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/core/event-types.ts';
import { SETTING_NAMES } from '../../src/core/governance/policy-settings.ts';
import { REJECTION_CODES } from '../../src/core/rejection.ts';
import { COMMANDS } from '../../src/surface/cli/command-table.ts';
import { OPERATIONS } from '../../src/surface/http/rest/operations.ts';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { folded } from './markdown.ts';
import { referencePages } from './pages.ts';

const folder = fileURLToPath(new URL('../../docs/reference', import.meta.url));
let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  pages = await referencePages();
}, 60_000);

it('has the pages that the code makes, and no other', () => {
  const files = readdirSync(folder).toSorted();
  expect(files).toEqual([...pages.keys()].toSorted());
  for (const name of files)
    expect(readFileSync(join(folder, name), 'utf8'), `${name}: npm run reference`).toBe(pages.get(name));
});

describe('names', () => {
  it.each([
    ['tools.md', TOOLS.map(({ name }) => `\n## ${name}\n`)],
    ['commands.md', COMMANDS.map(({ name }) => `\nUsage: brigade ${name}`)],
    ['routes.md', OPERATIONS.map(({ method, path }) => `\`${method.toUpperCase()} ${path}\``)],
    ['codes.md', REJECTION_CODES.map((code) => `| \`${code}\` |`)],
    ['events.md', EVENT_TYPES.map((type) => `\n### ${type}\n`)],
    ['metrics.md', ['`brigade_lock_wait_seconds`', '`brigade_locks_held`', '`brigade_commit_seconds`']],
    ['policy.md', SETTING_NAMES.map((name) => `| \`${name}\` |`)],
  ])('%s: all there are', (name, expected) => {
    const text = pages.get(name) ?? '';
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
  });
});

it('folds JSON that does not fit a line, and says the same', () => {
  const value = {
    list: Array.from({ length: 40 }, (_, i) => ({ i, name: 'x'.repeat(8) })),
    empty: [],
    none: null,
    not: {},
  };
  expect(JSON.parse(folded(value))).toEqual(value);
  expect(
    folded(value)
      .split('\n')
      .every((line) => line.length <= 110),
  ).toBe(true);
  expect(folded({ a: [1, 2] })).toBe('{ "a": [1, 2] }');
});
