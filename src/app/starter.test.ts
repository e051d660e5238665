import { describe, expect, it } from 'vitest';
import type { ProcessRow, ProcessState } from '../ports/process-table.ts';
import { orphanedBecause, type Starter, starterOf } from './starter.ts';

const row = (pid: number, name: string): ProcessRow => ({
  pid,
  startTime: `s${pid}`,
  parentPid: 0,
  groupId: 0,
  state: 'alive',
  name,
});
const sh = row(30, 'sh');
const npx = row(20, 'npm exec brigade');
const claude = row(10, 'claude');
const init = row(1, 'systemd');
const noted: Starter = { pid: 10, startTime: 's10', name: 'claude' };

describe('who started a process', () => {
  it.each([
    ['its parent', [claude, init], 10],
    ['the client behind shells and launchers', [sh, npx, sh, claude, init], 10],
    ['the shell, where nothing but the system is behind it', [sh, init], 30],
    ['the shell, where nothing is behind it', [sh], 30],
    ['a client that is the first process of its container', [row(1, 'claude')], 1],
    ['nobody, where the system is its parent already', [init], null],
    ['nobody that is seen', [], null],
  ])('is %s', (_, ancestors, pid) => {
    expect(starterOf(ancestors)?.pid ?? null).toBe(pid);
  });

  it('is called node where it has no name but that of a thread', () => {
    expect(starterOf([row(9, 'MainThread')])).toEqual({ pid: 9, startTime: 's9', name: 'node' });
  });
});

describe('an orphan', () => {
  const seen = (judged: ProcessState, ancestors: readonly ProcessRow[] = []) => ({
    judge: (): ProcessState => judged,
    ancestorsOf: () => ancestors,
  });

  it('is one whose starter is proved to be gone, whoever its parent is now', () => {
    expect(orphanedBecause(7, noted, seen('dead', [claude]))).toBe('claude (10) started it and has ended');
    expect(orphanedBecause(7, noted, seen('alive', [init]))).toBeNull();
    expect(orphanedBecause(7, noted, seen('stopped'))).toBeNull();
  });

  it('is, where nobody noted its starter, one that was left to the system', () => {
    expect(orphanedBecause(7, null, seen('alive', [sh, init]))).toMatch(/^its parent is systemd \(1\), which takes in/);
    expect(orphanedBecause(7, null, seen('alive', [row(1, 'something')]))).toMatch(/something \(1\)/);
    expect(orphanedBecause(7, null, seen('alive', [row(99, 'systemd'), init]))).toMatch(/systemd \(99\)/);
    expect(orphanedBecause(7, null, seen('alive', [claude, init]))).toBeNull();
    expect(orphanedBecause(7, null, seen('alive', []))).toBeNull();
  });
});
