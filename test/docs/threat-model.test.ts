// Claims of SECURITY.md against the tests that attack them: each link leads to a test of that name, and no test of an attack is
// without its claim.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

const claims = Array.from(
  textOf('SECURITY.md').matchAll(/\[[^\]]+\]\((?<file>[\w./-]+\.test\.ts)(?: "(?<name>[^"]+)")?\)/g),
  ({ groups }) => ({ file: groups?.file ?? '', name: groups?.name ?? '' }),
);
const ATTACKS = readdirSync(join(root, 'test/security')).filter((name) => name.endsWith('.test.ts'));

/** Names of the tests in a file, also of those that are made from a table. */
function namesIn(file: string): ReadonlySet<string> {
  const source = textOf(file).replaceAll(/\s*\n\s*/g, ' ');
  return new Set(
    Array.from(
      source.matchAll(/\bit(?:\.\w+\([\s\S]*?\))?\(\s*(?<quote>['"`])(?<name>(?:(?!\k<quote>).)+)\k<quote>/g),
      ({ groups }) => groups?.name ?? '',
    ),
  );
}

describe('the threat model', () => {
  it('makes many claims', () => {
    expect(claims.length).toBeGreaterThan(30);
  });

  it.each(claims)('$file has a test "$name"', ({ file, name }) => {
    expect(name).not.toBe('');
    expect([...namesIn(file)].filter((each) => each.includes(name))).not.toEqual([]);
  });

  it.each(ATTACKS)('tells of every test of test/security/%s', (file) => {
    const told = claims.filter((claim) => claim.file === `test/security/${file}`).map(({ name }) => name);
    const attacks = [...namesIn(`test/security/${file}`)].filter((name) => !name.startsWith('of each command is one'));
    expect(attacks.filter((name) => !told.includes(name))).toEqual([]);
  });
});
