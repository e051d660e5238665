import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseGitLayout } from './git-config.ts';

describe('a git configuration', () => {
  it.each([
    ['', false],
    ['[core]\n\tbare = true\n', true],
    ['[core]\r\n\tbare = TRUE\r\n', true],
    ['[CORE]\n\tBare=yes', true],
    ['[core] bare = on', true],
    ['[core]\n\tbare\n', true],
    ['[core]\n\tbare = 1 ; comment', true],
    ['[core]\n\tbare = false # [core] bare = true', false],
    ['[core]\n\tbare = true\n[core]\n\tbare = false', false],
    ['[other]\n\tbare = true', false],
    ['[core "sub"]\n\tbare = true', false],
    ['# [core]\nbare = true', false],
  ])('%j is bare: %s', (text, bare) => {
    expect(parseGitLayout(text).bare).toBe(bare);
  });

  it('lets a later text win', () => {
    expect(parseGitLayout('[core]\nbare = false', '[core]\nbare = true').bare).toBe(true);
  });

  it.each(['../../../sub', 'a b', ' lead and trail ', 'semi;colon#hash', 'quo"te\\back', 'tab\there', 'é/ü'])(
    'reads the worktree %j as git wrote it',
    (worktree) => {
      const folder = mkdtempSync(join(tmpdir(), 'brigade-config-'));
      const file = join(folder, 'config');
      execFileSync('git', ['config', '--file', file, 'core.worktree', worktree]);
      const text = readFileSync(file, 'utf8');
      rmSync(folder, { recursive: true });
      expect(parseGitLayout(text).worktree).toBe(worktree);
    },
  );
});
