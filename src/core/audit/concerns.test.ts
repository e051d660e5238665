import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, factOf } from '../../../test/support/every-fact.ts';
import { concerns } from './concerns.ts';

describe('what is part of an agent’s history', () => {
  it('is everything that it did or that was done to it', () => {
    for (const type of EVENT_TYPES) {
      expect(concerns(factOf(type, 1, { agentId: 'kim' }), 'kim')).toBe(true);
      expect(concerns(factOf(type, 1, { actor: 'kim' }), 'kim')).toBe(true);
    }
  });

  it('is what is said of it and to it by somebody else, and nothing that is not', () => {
    const told = EVENT_TYPES.filter((type) => concerns(factOf(type, 1, { agentId: 'bo' }), 'ana'));
    expect(told).toEqual([
      'deadlock.suspected',
      'handoff.offered',
      'outcome.recorded',
      'message.sent',
      'alert.opened',
      'alert.repeated',
    ]);
    expect(EVENT_TYPES.filter((type) => concerns(factOf(type, 1, { agentId: 'bo' }), 'cy'))).toEqual([]);
  });
});
