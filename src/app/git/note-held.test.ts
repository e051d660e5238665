import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../core/limits.ts';
import { utf8Bytes } from '../../core/resource/key-text.ts';
import type { HeldChange } from './judge-changes.ts';
import { type NoteBody, noteHeld } from './note-held.ts';

function held(name: string, token: number): HeldChange {
  const resource = `file:@w1/${name}`;
  return {
    change: { path: name, kind: 'changed' },
    lease: {
      asked: resource,
      resource,
      mode: 'exclusive',
      agentId: 'ana',
      sessionId: 'session of ana',
      clientSession: null,
      token,
      reason: '',
      heldForMs: 1,
      heldSince: '2026-11-01T00:00:00.000Z',
      idleForMs: 1,
      alive: 'alive',
    },
  };
}

async function noted(changes: readonly HeldChange[]): Promise<readonly NoteBody[]> {
  const bodies: NoteBody[] = [];
  const note = async (body: NoteBody): Promise<void> => void bodies.push(body);
  await noteHeld({ note }, changes, { tool: 'git commit', committer: null });
  return bodies;
}

describe('what was changed beside leases', () => {
  it('is noted in as many commands as it takes, by number and by length, and nothing of it twice', async () => {
    const many = Array.from({ length: 600 }, (_, index) => held(`f${index}`, index));
    expect((await noted(many)).map(({ resources }) => resources.length)).toEqual([256, 256, 88]);
    const long = Array.from({ length: 100 }, (_, index) => held(`${'ü'.repeat(1_000)}${index}`, index));
    const bodies = await noted(long);
    for (const { resources } of bodies) {
      const bytes = resources.reduce((sum, resource) => sum + utf8Bytes(resource), 0);
      expect(bytes).toBeLessThanOrEqual(LIMITS.resourceBytesPerAcquire);
    }
    expect(bodies.flatMap(({ resources }) => resources)).toEqual(long.map(({ lease }) => lease.asked));
    expect(Object.assign({}, ...bodies.map(({ beside }) => beside))).toEqual(
      Object.fromEntries(long.map(({ lease }) => [lease.asked, lease.token])),
    );
  });

  it('is not noted at all where there is nothing', async () => {
    expect(await noted([])).toEqual([]);
  });
});
