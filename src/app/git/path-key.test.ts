import { describe, expect, it } from 'vitest';
import { keysConflict } from '../../core/resource/conflict.ts';
import { parseKey, type ResourceKey } from '../../core/resource/resource-key.ts';
import { isFleetPath, keyOfGitPath } from './path-key.ts';

const isUnder = (path: string, lease: string): boolean =>
  keysConflict(parseKey(keyOfGitPath(path, 'w1')), parseKey(lease as ResourceKey), false);

describe('the key of a path as git has it', () => {
  it('is the path itself, never a pattern', () => {
    expect(keyOfGitPath('src/a.ts', 'w1')).toBe('file:@w1/src/a.ts');
    expect(keyOfGitPath('docs/[x]*#.md', 'w1')).toBe('file:@w1/docs/%5Bx%5D%2A%23.md');
  });

  it('is one that folders and patterns name alike, where no lease can name the path', () => {
    for (const name of ['src/a\nb.ts', 'src/\u2028.ts', 'src/\ud800.ts']) {
      expect(isUnder(name, 'file:@w1/src/')).toBe(true);
      expect(isUnder(name, 'repo:src/*.ts')).toBe(true);
      expect(isUnder(name, 'file:@w1/lib/')).toBe(false);
    }
  });
});

it("tells the fleet's own folder from others, however it is written", () => {
  for (const path of ['.brigade', '.brigade/policy.json', '.Brigade/x']) expect(isFleetPath(path)).toBe(true);
  for (const path of ['.brigade.md', 'src/.brigade/x', '.brigades/x']) expect(isFleetPath(path)).toBe(false);
});
