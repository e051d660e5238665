import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import type { Lifecycle } from '../event.ts';
import { checkState } from '../invariants.ts';
import { LIMITS } from '../limits.ts';
import { mailOf, readUpToOf } from '../message/mailbox.ts';

function record(agentId: string, facts: { readonly lifecycle?: Lifecycle; readonly digest?: string } = {}) {
  const { lifecycle = 'active', digest = `d-${agentId}` } = facts;
  return {
    op: 'import_agent',
    agentId,
    lifecycle,
    createdWallAt: '2025-11-19T20:02:11.402Z',
    tags: ['cli'],
    notes: 'from before',
    record: { agent_id: agentId, extra: [1, { deep: null }] },
    digest,
    source: 'agent_metadata.json',
  } as const;
}

function history(agentId: string, rows: readonly (readonly string[])[], after = 0, digest = `h${after + rows.length}`) {
  const lines = rows.map((_, i) => after + i + 2);
  const source = `governance_history_${agentId}.csv`;
  return { op: 'import_history', agentId, source, columns: ['time', 'E'], rows, lines, after, digest } as const;
}

/** Of the first event behind the founding. */
const WHEN = { seq: 2, at: 0, wallAt: '2025-11-19T23:25:00.000Z' };
const ROW = ['0.100', '0.5175'] as const;

describe('importing an agent', () => {
  it.each(['active', 'paused', 'archived', 'retired'] as const)('registers it as %s', (lifecycle) => {
    const fleet = new CoreFleet();
    expect(fleet.operator(record('ana', { lifecycle })).answer).toEqual({
      op: 'import',
      agentId: 'ana',
      registered: true,
      changed: true,
      lines: 0,
    });
    const agent = fleet.state.agents.get('ana');
    expect(agent).toMatchObject({ lifecycle, tags: ['cli'], notes: 'from before', client: 'import', named: true });
    expect(agent).toMatchObject({ purpose: null, registeredWallAt: '2025-11-19T20:02:11.402Z' });
    const change = { by: 'operator', actor: 'operator:root', reason: `Imported as ${lifecycle}.` };
    expect(agent?.change ?? null).toEqual(lifecycle === 'active' ? null : { ...WHEN, ...change });
    const pause = { ...WHEN, ...change, reasons: [], leases: 'keep' };
    expect(agent?.pause ?? null).toEqual(lifecycle === 'paused' ? pause : null);
    expect(fleet.state.imports.get('ana')).toMatchObject({
      record: { extra: [1, { deep: null }] },
      recordDigest: 'd-ana',
    });
    fleet.settle();
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe(lifecycle);
    expect(checkState(fleet.state)).toEqual([]);
  });

  it('takes generic ids and look-alikes as they are', () => {
    const fleet = new CoreFleet();
    for (const id of ['claude_chat', 'test', 'ana_1', 'ana-1'])
      expect(fleet.operator(record(id)).answer).toMatchObject({ changed: true, registered: true });
  });

  it('keeps what was written to it while only lines of its history were known', () => {
    const fleet = new CoreFleet();
    fleet.operator(history('ana', [ROW]));
    const message = { op: 'send_message', kind: 'info', text: 'welcome', replyTo: null, resource: null } as const;
    fleet.operator({ ...message, to: 'ana' });
    fleet.operator(record('ana'));
    expect(mailOf(fleet.state, 'ana', readUpToOf(fleet.state, 'ana'))).toMatchObject([{ text: 'welcome' }]);
  });

  it('logs nothing for the record that is known, and a changed one again', () => {
    const fleet = new CoreFleet();
    fleet.operator(record('ana'));
    const head = fleet.state.position.seq;
    expect(fleet.operator(record('ana')).answer).toMatchObject({ changed: false, registered: false });
    expect(fleet.state.position.seq).toBe(head);
    expect(fleet.operator(record('ana', { digest: 'other' })).answer).toMatchObject({
      changed: true,
      registered: false,
    });
  });

  it('attaches the record to an agent that is here, which stays what it is', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    expect(fleet.operator(record('ana', { lifecycle: 'retired' })).answer).toMatchObject({
      changed: true,
      registered: false,
    });
    expect(fleet.state.agents.get('ana')).toMatchObject({ lifecycle: 'active', tags: [], notes: '', client: 'test' });
    expect(fleet.state.imports.get('ana')?.recordDigest).toBe('d-ana');
  });

  it('needs an operator, an agent id and a record of bounded size', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    expect(fleet.says('ana', record('bo')).answer).toMatchObject({ code: 'OPERATOR_REQUIRED' });
    expect(fleet.operator(record('Claude Chat')).answer).toMatchObject({
      code: 'INVALID_ID',
      details: { nearest: 'claude_chat' },
    });
    const large = { ...record('bo'), record: { notes: 'x'.repeat(LIMITS.importRecordBytes) } };
    expect(fleet.operator(large).answer).toMatchObject({ code: 'TOO_LARGE' });
    expect(fleet.operator({ ...record('bo'), notes: 'x'.repeat(LIMITS.textBytes + 1) }).answer).toMatchObject({
      code: 'TOO_LARGE',
    });
    expect(fleet.operator({ ...record('bo'), tags: Array(33).fill('t') }).answer).toMatchObject({ code: 'TOO_LARGE' });
    expect(fleet.operator({ ...record('bo'), createdWallAt: '2025-11-19T21:02' }).answer).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(fleet.state.agents.get('bo')).toBeUndefined();
  });

  it('does nothing but answer in a dry run', () => {
    const fleet = new CoreFleet();
    const { seq } = fleet.state.position;
    expect(fleet.operator({ ...record('ana'), dryRun: true }).answer).toMatchObject({ changed: true });
    expect(fleet.state.position.seq).toBe(seq);
  });
});

describe('importing lines of history', () => {
  it('keeps count, and refuses what does not follow with the number that is known', () => {
    const fleet = new CoreFleet();
    expect(fleet.operator(history('ana', [ROW, ROW])).answer).toMatchObject({
      changed: true,
      registered: true,
      lines: 2,
    });
    expect(fleet.operator(history('ana', [ROW], 2)).answer).toMatchObject({
      changed: true,
      registered: false,
      lines: 3,
    });
    for (const after of [0, 2, 4])
      expect(fleet.operator(history('ana', [ROW], after, 'else')).answer).toMatchObject({
        code: 'INVALID_ARGUMENT',
        details: { known: 3 },
      });
    expect(fleet.state.imports.get('ana')).toMatchObject({ lines: 3, linesDigest: 'h3', record: null });
  });

  it('answers the repeat of lines whose reply was lost, and logs them once', () => {
    const fleet = new CoreFleet();
    fleet.operator(history('ana', [ROW, ROW]));
    const head = fleet.state.position.seq;
    expect(fleet.operator(history('ana', [ROW, ROW])).answer).toMatchObject({ changed: false, lines: 2 });
    expect(fleet.state.position.seq).toBe(head);
  });

  it('registers an agent as active until its record says what it was', () => {
    const fleet = new CoreFleet();
    fleet.operator(history('ana', [ROW]));
    expect(fleet.state.agents.get('ana')).toMatchObject({ lifecycle: 'active', client: 'import', tags: [] });
    expect(fleet.operator(record('ana', { lifecycle: 'paused' })).answer).toMatchObject({ registered: true });
    expect(fleet.state.agents.get('ana')).toMatchObject({ lifecycle: 'paused', tags: ['cli'] });
    expect(fleet.state.imports.get('ana')).toMatchObject({ lines: 1, recordDigest: 'd-ana' });
  });

  it('leaves an agent of which only lines were known as somebody made it meanwhile', () => {
    const fleet = new CoreFleet();
    fleet.operator(history('ana', [ROW]));
    fleet.operator({ op: 'archive', agentId: 'ana', reason: 'gone' });
    expect(fleet.operator(record('ana', { lifecycle: 'active' })).answer).toMatchObject({ registered: false });
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe('archived');
  });

  it('takes a bounded number of lines and bytes, each line with its cells', () => {
    const fleet = new CoreFleet();
    const many = Array.from({ length: LIMITS.importLines + 1 }, () => ROW);
    expect(fleet.operator(history('ana', many)).answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(fleet.operator(history('ana', [])).answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(fleet.operator(history('ana', [['0.1']])).answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(fleet.operator(history('ana', [['0.1', 'x'.repeat(LIMITS.importBytes)]])).answer).toMatchObject({
      code: 'TOO_LARGE',
    });
    expect(fleet.operator(history('../ana', [ROW])).answer).toMatchObject({ code: 'INVALID_ID' });
    expect(fleet.operator(history('ana', many.slice(1))).answer).toMatchObject({ lines: LIMITS.importLines });
  });
});
