import { describe, expect, it } from 'vitest';
import { keysAt } from './policy-schema.ts';

describe('the keys that may stand at a place of a policy', () => {
  it.each([
    [[], 'onPause'],
    [['alerts'], 'waitMs'],
    [['hooks'], 'git'],
    [['hooks', 'git'], 'trailers'],
    [['agents', 'ci_*'], 'evidence'],
    [['agents', 'ci_*', 'evidence'], 'minLabels'],
  ])('at %j: %s among others', (path, key) => {
    expect(keysAt(path)).toContain(key);
  });

  it.each([[['agents']], [['hooks', 'git', 'watch']], [['hooks', 'scope', 'git']], [['onPause']], [['toString']]])(
    'none at %j, where no object belongs, or only names that are free',
    (path) => {
      expect(keysAt(path)).toEqual([]);
    },
  );
});
