// Whoever may call a hook may send any text, and who answers it serves others too: the longest line that is read must take
// about as long as its length, however it is made. Each of these once took minutes.

import { describe, expect, it } from 'vitest';
import { patchFiles } from '../patch-files.ts';
import { writtenByShell } from './written-by-shell.ts';

/** The longest command that is looked at. */
const LENGTH = 65_536;

/** What no template of ours should be taken for. */
const OPEN = ['$', '{'].join('');

const filledWith = (text: string): string => text.repeat(Math.floor(LENGTH / text.length));

describe('a long line of shell', () => {
  it.each(['{', OPEN, '$((', '$(', '`', '"', "'", '(', '<(', '{a', `${OPEN}a`, '\\', '<<a '])(
    'of %j is read in one pass',
    (text) => {
      expect(writtenByShell(filledWith(text), '/w')).toEqual([]);
    },
  );

  it('is read to its end', () => {
    const line = `${'{'.repeat(60_000)} {a,b} $((1)) $x >out`;
    expect(writtenByShell(line, '/w').map(({ path }) => path)).toEqual(['out']);
  });
});

describe('words that the shell expands', () => {
  it.each([
    ['>{a,b}', []],
    ['>{a}', ['{a}']],
    ['>{a b,c}', ['{a']],
    ['>{a} {b,c}', ['{a}']],
    ['>x{ ,}', ['x{']],
    [`>${OPEN}a}b`, []],
    [`>${OPEN}a`, [`${OPEN}a`]],
    ['>$((1))', []],
    ['>$((1) 2))', ['$']],
    ['>$x', []],
    ['>$', ['$']],
  ] as const)('in %j', (line, paths) => {
    expect(writtenByShell(line, '/w').map(({ path }) => path)).toEqual(paths);
  });
});

describe('a patch', () => {
  it('with a heading of a million blanks names its file', () => {
    const blanks = ' '.repeat(1_000_000);
    expect(patchFiles(`*** Add File: a${blanks}b\n*** Update File: c${blanks}\n*** Delete File: ${blanks}`)).toEqual([
      `a${blanks}b`,
      'c',
    ]);
  });
});
