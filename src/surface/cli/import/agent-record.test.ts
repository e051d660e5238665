import { describe, expect, it } from 'vitest';
import { flawOfImport } from '../../../core/audit/import.ts';
import { agentOf } from './agent-record.ts';

const PINNED = {
  agent_id: 'claude_chat',
  status: 'active',
  created_at: '2025-11-19T21:02:11.402117',
  last_update: '2025-11-19T23:25:07.118204',
  version: 'v1.0',
  total_updates: 28,
  tags: ['cli'],
  notes: '...',
  lifecycle_events: [{ event: 'created', timestamp: '2025-11-19T21:02:11.402117', reason: null }],
  paused_at: null,
  archived_at: null,
};

describe('a record as an agent', () => {
  it('in the pinned form says what has a place here and what has none', () => {
    expect(agentOf('claude_chat', PINNED, 'Europe/Berlin')).toEqual({
      facts: {
        agentId: 'claude_chat',
        lifecycle: 'active',
        createdWallAt: '2025-11-19T20:02:11.402Z',
        tags: ['cli'],
        notes: '...',
        record: PINNED,
      },
      changed: [
        {
          field: 'created_at',
          was: '"2025-11-19T21:02:11.402117"',
          became: '2025-11-19T20:02:11.402Z',
          why: 'read in Europe/Berlin',
        },
      ],
      kept: ['last_update', 'version', 'total_updates', 'lifecycle_events', 'paused_at', 'archived_at'],
      lacking: [],
    });
  });

  it('may lack everything', () => {
    const { facts, lacking } = agentOf('ana', {}, 'UTC');
    expect(facts).toEqual({
      agentId: 'ana',
      lifecycle: 'active',
      createdWallAt: null,
      tags: [],
      notes: '',
      record: {},
    });
    expect(lacking).toEqual(Object.keys(PINNED));
  });

  it.each([
    ['created_at', 1763586131, 'nothing'],
    ['created_at', 'soon', 'nothing'],
    ['agent_id', 'other', 'ana'],
    ['notes', 5, '"5"'],
    ['notes', { a: 1 }, '"{\\"a\\":1}"'],
    ['tags', 'a, b,,a', '["a","b"]'],
    ['tags', ['a', null, 5, ' b '], '["a","5","b"]'],
    ['tags', { a: 1 }, '["{\\"a\\":1}"]'],
  ])('with %s of another kind says what became of it, and keeps it', (field, value, became) => {
    const { changed, facts } = agentOf('ana', { status: 'active', [field]: value }, 'UTC');
    expect(changed).toMatchObject([{ field, became }]);
    expect(facts.record).toMatchObject({ [field]: value });
  });

  it('is cut to what an agent may have, whatever it holds, so that the fleet takes it', () => {
    const record = { notes: '\u00e9'.repeat(5_000), tags: Array.from({ length: 99 }, (_, i) => `${i}`.repeat(99)) };
    const { facts, changed } = agentOf('ana', record, 'UTC');
    expect(flawOfImport({ ...facts, digest: 'd', source: 's' })).toBeNull();
    expect(facts.notes).toBe('\u00e9'.repeat(2_048));
    expect(facts.tags).toHaveLength(32);
    expect(changed.map(({ field }) => field)).toEqual(['status', 'tags', 'notes']);
    expect(facts.record).toBe(record);
  });
});
