import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRejection } from '../rejection.ts';
import { utf8Bytes } from './key-text.ts';
import type { ParsedKey } from './parsed-key.ts';
import {
  checkKey,
  describeKey,
  formatKey,
  keyFromDescription,
  makeKey,
  parseKey,
  type ResourceKey,
} from './resource-key.ts';

function key(text: string): ResourceKey {
  const checked = checkKey(text);
  if (typeof checked !== 'string') throw new Error(checked.message);
  return checked;
}

function isWorktree(id: string): boolean {
  return id === 'v' || id === 'w';
}

describe('what a stored key says', () => {
  it.each([
    ['file:@w/src/a.ts', { form: 'exact', kind: 'file', space: 'w', path: 'src/a.ts' }],
    ['file:@w/src/', { form: 'tree', kind: 'file', space: 'w', path: 'src' }],
    ['file:@w/', { form: 'tree', kind: 'file', space: 'w', path: '' }],
    ['file:@w/src/**/*.ts', { form: 'glob', kind: 'file', space: 'w', path: 'src/**/*.ts' }],
    ['file:@w/src/a.ts#Foo.bar', { form: 'symbol', kind: 'file', space: 'w', path: 'src/a.ts', symbol: 'Foo.bar' }],
    ['file:@w/src/a.ts#Foo.#bar', { form: 'symbol', kind: 'file', space: 'w', path: 'src/a.ts', symbol: 'Foo.#bar' }],
    ['file:@w/c%23/a%25.ts', { form: 'exact', kind: 'file', space: 'w', path: 'c#/a%.ts' }],
    ['file:@w/app/%5Bid%5D/page.tsx', { form: 'exact', kind: 'file', space: 'w', path: 'app/[id]/page.tsx' }],
    ['file:@w/app/%5Bid%5D/*.tsx', { form: 'glob', kind: 'file', space: 'w', path: 'app/%5Bid%5D/*.tsx' }],
    ['file:@w/@types/a.ts', { form: 'exact', kind: 'file', space: 'w', path: '@types/a.ts' }],
    ['repo:src/a.ts', { form: 'exact', kind: 'repo', space: '*', path: 'src/a.ts' }],
    ['repo:src/', { form: 'tree', kind: 'repo', space: '*', path: 'src' }],
    ['repo:./', { form: 'tree', kind: 'repo', space: '*', path: '' }],
    ['task:review #7: *all*', { form: 'name', kind: 'task', name: 'review #7: *all*' }],
    ['port:8080', { form: 'name', kind: 'port', name: '8080' }],
    ['brigade:outbox', { form: 'name', kind: 'brigade', name: 'outbox' }],
  ])('%s', (text, parsed) => {
    expect(parseKey(key(text))).toEqual(parsed);
    expect(Object.isFrozen(parseKey(key(text)))).toBe(true);
    expect(formatKey(parsed as ParsedKey)).toBe(text);
  });
});

describe('what is no stored key', () => {
  it.each([
    ['', 'INVALID_RESOURCE'],
    ['src/a.ts', 'INVALID_RESOURCE'],
    [':x', 'INVALID_RESOURCE'],
    ['task:', 'INVALID_RESOURCE'],
    ['task: a', 'INVALID_RESOURCE'],
    ['Task:a', 'INVALID_RESOURCE'],
    [`${'k'.repeat(32)}:a`, 'INVALID_RESOURCE'],
    [`task:${'a'.repeat(513)}`, 'INVALID_RESOURCE'],
    [`task:${'ä'.repeat(257)}`, 'INVALID_RESOURCE'],
    ['task:a\0b', 'INVALID_RESOURCE'],
    ['task:a\u0308', 'INVALID_RESOURCE'], // not NFC
    ['task:\ud800', 'INVALID_RESOURCE'],
    ['task:a\u202eb', 'INVALID_RESOURCE'],
    ['task:a\u200bb', 'INVALID_RESOURCE'],
    ['task:a\u{e0041}', 'INVALID_RESOURCE'],
    ['file:src/a.ts', 'INVALID_RESOURCE'],
    ['file:@w', 'INVALID_RESOURCE'],
    ['file:@*/a', 'INVALID_RESOURCE'],
    ['file:@/a', 'INVALID_RESOURCE'],
    [`file:@${'w'.repeat(65)}/a`, 'INVALID_RESOURCE'],
    ['file:@w/a//b', 'INVALID_RESOURCE'],
    ['file:@w/@w/a', 'INVALID_RESOURCE'],
    ['file:@w/@w', 'INVALID_RESOURCE'],
    ['file:@w//a', 'INVALID_RESOURCE'],
    ['file:@w/./a', 'INVALID_RESOURCE'],
    ['file:@w/../a', 'INVALID_RESOURCE'],
    ['file:@w/a/..', 'INVALID_RESOURCE'],
    ['file:@w/a%2a', 'INVALID_RESOURCE'], // escapes have one spelling
    ['file:@w/100%.txt', 'INVALID_RESOURCE'],
    ['file:@w/a]b', 'INVALID_RESOURCE'],
    ['file:@w/a\\b', 'INVALID_RESOURCE'],
    ['file:@w/a\nb', 'INVALID_RESOURCE'],
    ['file:@w/[ab', 'INVALID_RESOURCE'],
    ['file:@w/*/../a', 'INVALID_RESOURCE'],
    ['file:@w/100%*', 'INVALID_RESOURCE'],
    ['file:@w/a#', 'INVALID_RESOURCE'],
    ['file:@w/a#b..c', 'INVALID_RESOURCE'],
    ['file:@w/a#b/c', 'INVALID_RESOURCE'],
    ['file:@w/#b', 'INVALID_RESOURCE'],
    ['file:@w/*#b', 'INVALID_RESOURCE'],
    ['file:@w/src/#b', 'INVALID_RESOURCE'],
    [`file:@w/${'a/'.repeat(2100)}`, 'INVALID_RESOURCE'],
    [`file:@w/${'a'.repeat(10_000)}`, 'INVALID_RESOURCE'],
    [`file:@w/*${'a'.repeat(512)}`, 'INVALID_RESOURCE'],
    ['repo:', 'INVALID_RESOURCE'],
    ['file:@w/.brigade/brigade.db', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:@w/.brigade', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:@w/.brigade/', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:@w/.BRIGADE/x', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:@w/.brigade/*', 'PATH_OUTSIDE_WORKSPACE'],
    ['repo:.brigade/x', 'PATH_OUTSIDE_WORKSPACE'],
  ])('%j  %s', (text, code) => {
    const answer = checkKey(text);
    expect(answer).toMatchObject({ code, category: 'invalid' });
    if (typeof answer === 'string') return;
    expect(answer.message).toMatch(/\.$/);
    expect(answer.next).toMatch(/^[A-Z].*\.$/s);
    expect(answer.message.length).toBeLessThan(300);
  });

  it('takes a tree or a pattern that merely covers the folder of Brigade', () => {
    for (const text of ['file:@w/', 'file:@w/*', 'file:@w/.b*/x', 'file:@w/.brigadeer', 'file:@w/a/.brigade/x']) {
      expect(checkKey(text)).toBe(text);
    }
  });

  it('takes names up to their bounds', () => {
    expect(checkKey(`task:${'a'.repeat(512)}`)).toHaveLength(517);
    expect(checkKey(`file:@w/${'a'.repeat(4096)}`)).toHaveLength(8 + 4096);
    expect(checkKey(`file:@w/*${'a'.repeat(511)}`)).toHaveLength(8 + 512);
  });
});

describe('a key as a viewer hears it', () => {
  it.each([
    ['file:@w/src/a.ts', 'w', 'file:src/a.ts'],
    ['file:@w/src/a.ts', 'v', 'file:@w/src/a.ts'],
    ['file:@w/src/a.ts', null, 'file:@w/src/a.ts'],
    ['file:@w/', 'w', 'file:./'],
    ['file:@w/@types/a.ts', 'w', 'file:@types/a.ts'],
    ['file:@w/%5Bid%5D.ts', 'w', 'file:%5Bid%5D.ts'],
    ['repo:./', 'w', 'repo:./'],
    ['task:x', 'w', 'task:x'],
  ])('%s for %s: %s', (stored, viewer, described) => {
    expect(describeKey(key(stored), viewer)).toBe(described);
    expect(keyFromDescription(described, viewer ?? 'v', isWorktree)).toBe(stored);
  });

  it('never leads to a reserved key', () => {
    expect(keyFromDescription('brigade:outbox', 'w', isWorktree)).toMatchObject({ code: 'INVALID_RESOURCE' });
  });
});

const nameText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => text.normalize('NFC'));
const pathText = fc
  .array(fc.oneof(nameText, fc.constantFrom('a', '[id]', '100%', 'c#', '%23', '{x}', '.x', 'a b')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((names) =>
    names
      .map((name) => name.replaceAll('/', '-'))
      .join('/')
      .normalize('NFC'),
  );
const parsedKey: fc.Arbitrary<ParsedKey> = fc.oneof(
  fc.record({ form: fc.constant('name' as const), kind: fc.constantFrom('task', 'x-1'), name: nameText }),
  fc.record({
    form: fc.constantFrom('exact' as const, 'tree' as const),
    kind: fc.constant('file' as const),
    space: fc.constant('w'),
    path: pathText,
  }),
  fc.record({
    form: fc.constantFrom('exact' as const, 'tree' as const),
    kind: fc.constant('repo' as const),
    space: fc.constant('*'),
    path: pathText,
  }),
  fc.record({
    form: fc.constant('symbol' as const),
    kind: fc.constant('file' as const),
    space: fc.constant('w'),
    path: pathText,
    symbol: nameText,
  }),
  fc.record({
    form: fc.constant('glob' as const),
    kind: fc.constant('file' as const),
    space: fc.constant('w'),
    path: fc.constantFrom('*', 'a/**', '%5B*', '{a,b/c}'),
  }),
);

describe('parsing and formatting', () => {
  it('are each other backwards, through the stored text and through every description', () => {
    fc.assert(
      fc.property(parsedKey, (parsed) => {
        const made = makeKey(parsed);
        if (isRejection(made)) return;
        expect(parseKey(made)).toEqual(parsed);
        expect(formatKey(parseKey(made))).toBe(made);
        expect(checkKey(made)).toBe(made);
        expect(keyFromDescription(describeKey(made, 'w'), 'w', isWorktree)).toBe(made);
        expect(keyFromDescription(describeKey(made, 'v'), 'v', isWorktree)).toBe(made);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throw, whatever the text, and what is taken is canonical', () => {
    const prefix = fc.constantFrom('', 'file:', 'file:@w/', 'repo:', 'task:', 'brigade:', 'file:@w/*');
    fc.assert(
      fc.property(
        prefix,
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom(...Array.from('/.*?[]{},#%@:\\!-^a\0\ud800')) }),
        ),
        (start, text) => {
          const answer = checkKey(start + text);
          const outcome = typeof answer === 'string' ? formatKey(parseKey(answer)) : answer.category;
          expect(outcome).toBe(typeof answer === 'string' ? start + text : 'invalid');
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('count UTF-8 as everybody else does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
    );
  });
});
