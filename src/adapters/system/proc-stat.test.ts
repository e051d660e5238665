import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseProcStat, readProcStat } from './proc-stat.ts';

/** A line of /proc/<pid>/stat with the fields that count. */
function stat(name: string, state: string, threads = 1): string {
  const zeros = (count: number) => Array.from({ length: count }, () => '0').join(' ');
  return `77 (${name}) ${state} 7 70 ${zeros(14)} ${threads} 0 4711 ${zeros(30)}\n`;
}

describe('a line of /proc/<pid>/stat', () => {
  it.each(['node', 'a b', 'x) R 1 (y', ')', '((', 'é\n)'])('is read right with the name %j', (name) => {
    expect(parseProcStat(stat(name, 'S'))).toEqual({
      pid: 77,
      startTime: '4711',
      parentPid: 7,
      groupId: 70,
      state: 'alive',
      name,
    });
  });

  it.each([
    ['R', 1, 'alive'],
    ['D', 1, 'alive'],
    ['I', 1, 'alive'],
    ['T', 1, 'stopped'],
    ['t', 1, 'stopped'],
    ['Z', 1, 'dead'],
    ['Z', 0, 'dead'],
    ['X', 1, 'dead'],
    // Its first thread ended, others go on.
    ['Z', 3, 'alive'],
  ])('state %s with %d threads is %s', (letter, threads, state) => {
    expect(parseProcStat(stat('node', letter, threads))?.state).toBe(state);
  });

  it.each(['', '77', '77 (node', '77 (node) S 1 2'])('that is cut short, %j, is nothing', (text) => {
    expect(parseProcStat(text)).toBeNull();
  });
});

describe.runIf(process.platform === 'linux')('this machine', () => {
  it('agrees about this process', () => {
    const row = readProcStat(process.pid);
    expect(row).toMatchObject({ pid: process.pid, parentPid: process.ppid, state: 'alive' });
    expect(readFileSync(`/proc/${process.pid}/comm`, 'latin1').trim()).toBe(row?.name);
  });

  it('shows nothing for a pid that is not taken', () => {
    expect(readProcStat(2 ** 22 + 1)).toBeNull();
  });
});
