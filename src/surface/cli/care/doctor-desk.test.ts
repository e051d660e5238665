import { describe, expect, it } from 'vitest';
import type { DeskStanding } from '../../../app/desk/desk-standing.ts';
import type { HostProcess } from '../../../app/host-processes.ts';
import { checkDesk } from './doctor-desk.ts';
import { checkWriting } from './doctor-writing.ts';

function row(pid: number, more: Partial<HostProcess> = {}): HostProcess {
  return {
    pid,
    role: 'client',
    kind: 'mcp',
    client: null,
    agents: [],
    version: '1.0.0',
    connectedForMs: 1,
    idleForMs: 1,
    calls: 0,
    state: 'alive',
    startedBy: null,
    orphan: false,
    orphanBecause: null,
    ...more,
  };
}

const desk = row(10, { role: 'desk', agents: ['ana'] });
const stopped = row(20, { state: 'stopped', agents: ['bo'], role: 'unknown' });

describe('the desk, as doctor tells it', () => {
  it('is named, with how many it serves', () => {
    const told = (rows: readonly HostProcess[]) => checkDesk({ kind: 'open' }, rows);
    expect(told([desk])).toEqual({ name: 'desk', detail: 'process 10 (mcp, ana), no clients', findings: [] });
    expect(told([desk, row(11)]).detail).toBe('process 10 (mcp, ana), 1 client');
    expect(told([desk, row(11), row(12), row(13, { role: 'direct' })]).detail).toBe(
      'process 10 (mcp, ana), 2 clients; 1 besides it',
    );
  });

  it.each(['off', 'none', 'open'] as const)('is no finding where it is %s', (kind) => {
    expect(checkDesk({ kind }, []).findings).toEqual([]);
  });

  it('is no finding while it leaves', () => {
    expect(checkDesk({ kind: 'leaving', message: '' }, [])).toMatchObject({ findings: [] });
  });

  it('is found silent with the process that is stopped, and how it goes on', () => {
    const standing: DeskStanding = { kind: 'silent', message: 'The desk does not answer.' };
    const [finding] = checkDesk(standing, [stopped, row(30)]).findings;
    expect(finding).toMatchObject({ code: 'DESK_SILENT' });
    expect(finding?.message).toContain('Process 20 (mcp, bo) is stopped.');
    expect(finding?.next).toContain('`kill -CONT 20` lets it go on.');
    expect(checkDesk(standing, []).findings[0]?.next).toContain('let it go on, or end it');
  });

  it.each([
    ['protocol', 'DESK_VERSION'],
    ['place', 'DESK_ELSEWHERE'],
    ['store', 'DESK_STORE'],
    ['durability', 'DESK_DURABILITY'],
    ['key', 'DESK_KEY'],
    ['full', 'DESK_FULL'],
    ['foreign', 'DESK_FOREIGN'],
    ['unsafe', 'DESK_UNSAFE'],
    ['unusable', 'DESK_IMPOSSIBLE'],
  ] as const)('that is not used (%s) is %s: what it said, that nothing is in doubt, what to do', (kind, code) => {
    const [finding] = checkDesk({ kind, message: 'As it said.' }, []).findings;
    expect(finding?.code).toBe(code);
    expect(finding?.message).toMatch(/^As it said\. .*direct/);
    expect(finding?.next).not.toBe('');
  });
});

describe('a log that cannot be written', () => {
  it('is found, with the process that is stopped', () => {
    const { findings } = checkWriting(true, null, [desk, stopped]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: 'STORE_UNAVAILABLE', next: '`kill -CONT 20` lets it go on.' });
    expect(findings[0]?.message).toContain('Process 20 (mcp, bo) is stopped.');
    expect(checkWriting(true, null, [desk]).findings[0]?.next).toContain('Reading still works.');
  });

  it('is told once, whoever met it', () => {
    const trouble = { code: 'STORE_UNAVAILABLE', message: 'It was locked for 5000 ms.', sinceWallAt: '' };
    expect(checkWriting(true, trouble, []).findings).toHaveLength(1);
    expect(checkWriting(false, trouble, []).findings).toMatchObject([{ message: 'It was locked for 5000 ms.' }]);
  });

  it('is no finding when all is well, or when the log was lost: that is the witness’s to tell', () => {
    expect(checkWriting(false, null, [stopped]).findings).toEqual([]);
    expect(checkWriting(false, { code: 'STORE_REGRESSED', message: '', sinceWallAt: '' }, []).findings).toEqual([]);
  });
});
