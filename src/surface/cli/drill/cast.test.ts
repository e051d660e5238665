import { describe, expect, it } from 'vitest';
import { AGENTS, askedName, castOf, crossingPair, quotaOf } from './cast.ts';
import { randomFrom } from './random.ts';

const cast = (count: number, seed = 1) => castOf(count, randomFrom(seed));

describe('the cast', () => {
  it('is that of the night: by default the seven of it, with as many updates as they made', () => {
    expect(cast(AGENTS.usual).map(askedName)).toEqual([
      'claude_chat',
      'composer_cursor_v1.0.3',
      'claude_code_cli for discovery',
      'test_agent',
      'claude_code_cli',
      'composer_cursor',
      'test_agent',
    ]);
    expect(cast(AGENTS.usual).slice(0, 3).map(quotaOf)).toEqual([28, 15, 2]);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(cast(7, 5)).toEqual(cast(7, 5));
    const totals = new Set(
      Array.from({ length: 20 }, (_, seed) => cast(7, seed).reduce((sum, each) => sum + quotaOf(each), 0)),
    );
    expect(totals.size).toBeGreaterThan(1);
  });

  it.each([AGENTS.least, AGENTS.usual, AGENTS.most])('has each part and a pair to cross, with %i agents', (count) => {
    const members = cast(count);
    for (const role of ['frozen', 'steady', 'rescue', 'ended']) {
      expect(members.filter((member) => member.role === role)).toHaveLength(1);
    }
    const [one, other] = crossingPair(members.filter(({ role }) => role !== 'ended'));
    expect(one.index).not.toBe(other.index);
    expect([one, other].map(({ role }) => role)).not.toContain('rescue');
  });

  it('names those beyond the seven by client and purpose, each its own way', () => {
    const further = cast(AGENTS.most).slice(AGENTS.usual).map(askedName);
    expect(new Set(further).size).toBe(further.length);
    expect(further[0]).toBe('codex for tests');
  });

  it('has agents of both eras of MCP', () => {
    expect(new Set(cast(4).map(({ revision }) => revision))).toEqual(new Set(['2025-11-25', '2026-07-28']));
  });
});
