import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellQuote, shellWord } from './shell-word.ts';

describe('a name in a command', () => {
  it.each(['src/a.ts', 'task:stew', 'a@b', '100%', '/srv/w-1/state', 'naïve'])(
    'is %j as it stands, or in quotes',
    (text) => {
      expect(shellWord(text)).toBe(text === 'naïve' ? `'naïve'` : text);
    },
  );

  it.each([
    '',
    'two words',
    '$(touch x)',
    '`touch x`',
    '; touch x',
    "it's",
    "'; touch x; '",
    '\\',
    'a\nb',
    '*',
    '~',
    '~root',
    'a=b c',
    'PATH=x',
    '-rf',
    '#',
    '!',
    '&',
    '{a,b}',
  ])('is %j to the letter for a shell', (text) => {
    for (const word of [shellWord(text), shellQuote(text)])
      expect(execFileSync('sh', ['-c', `printf %s. ${word}`], { encoding: 'utf8' })).toBe(`${text}.`);
  });
});
