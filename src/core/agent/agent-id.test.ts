import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAgentId, isGeneric, lookAlikeKey, nearestAgentId, parseAgentId } from './agent-id.ts';

describe('an agent id', () => {
  it.each(['a', '0', 'claude_code_cli_discovery', 'composer_cursor_v1.0.3', 'a..b', 'a-_.', 'x'.repeat(63)])(
    '%s',
    (id) => {
      expect(parseAgentId(id)).toBe(id);
    },
  );

  it.each([
    ['', 'my_agent'],
    ['x'.repeat(64), 'x'.repeat(63)],
    ['x'.repeat(10_240), 'x'.repeat(63)],
    ['../x', 'x'],
    ['..', 'my_agent'],
    ['.hidden', 'hidden'],
    ['_a', 'a'],
    ['a/b', 'a_b'],
    ['a\0b', 'a_b'],
    ['a\n', 'a'],
    ['Claude', 'claude'],
    ['Ünï Çødé', 'uni_c_de'],
    ['日本', 'my_agent'],
    ['a b', 'a_b'],
    ['\ud800', 'my_agent'],
    ['ﬁx', 'fix'],
  ])('%j is none; the nearest is %s', (text, nearest) => {
    const answer = parseAgentId(text);
    expect(answer).toMatchObject({ code: 'INVALID_ID', category: 'invalid', details: { nearest } });
    expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  });

  it('is refused or taken as it is, never altered and never thrown at, and the nearest id is an id', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 80 })), (text) => {
        const answer = parseAgentId(text);
        expect(typeof answer === 'string' ? answer : answer.code).toBe(isAgentId(text) ? text : 'INVALID_ID');
        expect(isAgentId(nearestAgentId(text))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('look-alikes', () => {
  it.each([
    ['agent-1', 'agent_l', true],
    ['b0b', 'bob', true],
    ['a.b', 'a-b', true],
    ['a_b', 'a-b', true],
    ['a--b', 'a-b', false],
    ['ab', 'a-b', false],
    ['agent_2', 'agent_z', false],
  ])('%s  %s  %s', (left, right, expected) => {
    expect(lookAlikeKey(left) === lookAlikeKey(right)).toBe(expected);
  });

  it('look like themselves', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(lookAlikeKey(lookAlikeKey(text))).toBe(lookAlikeKey(text));
      }),
    );
  });
});

describe('generic ids', () => {
  it.each([
    'claude_code_cli',
    'claude_chat',
    'test',
    'demo',
    'agent',
    'default_agent',
    'claude-chat',
    'dem0',
    'c1aude',
  ])('%s says nothing', (id) => expect(isGeneric(id)).toBe(true));

  it.each(['claude_code_cli_discovery', 'composer_cursor_v1.0.3', 'ana', 'test_2', 'claude_chat_2'])(
    '%s says something',
    (id) => expect(isGeneric(id)).toBe(false),
  );
});
