import { describe, expect, it } from 'vitest';
import { Believed } from './believed.ts';

describe('what holders were told to believe', () => {
  const grants = [
    { resource: 'task:x', token: 1, atMs: 1_000 },
    { resource: 'task:x', token: 2, atMs: 7_000 },
  ];

  it('is held against the next grant', () => {
    const believed = new Believed();
    believed.told(1, { untilMs: 6_000, heardMs: 1_100 });
    expect(believed.successions(grants)).toMatchObject([{ token: 1, nextToken: 2, marginMs: 1_000 }]);
    believed.told(1, { untilMs: 9_000, heardMs: 5_000 });
    expect(believed.successions(grants)).toMatchObject([{ marginMs: -2_000 }]);
  });

  it('is nothing where it was over when it was heard', () => {
    const believed = new Believed();
    believed.told(1, { untilMs: 6_000, heardMs: 1_100 });
    believed.told(1, { untilMs: 20_000, heardMs: 20_010 });
    expect(believed.untilMs(1)).toBe(6_000);
  });
});
