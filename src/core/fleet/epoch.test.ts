import { describe, expect, it } from 'vitest';
import { apply } from '../apply.ts';
import type { FleetEvent } from '../event.ts';
import { emptyState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import { noticesOf } from '../session/notices.ts';
import { sureForMs } from '../session/standstill.ts';
import { epochStarted, restMs } from './epoch.ts';

const wallAt = '2025-11-19T23:25:00.000Z';

function joined(): FleetEvent[] {
  const head = { at: 0, wallAt, version: 1, actor: 'brigade' } as const;
  const registered = { client: 'cli', purpose: null, tags: [], notes: '', named: true };
  const opened = {
    handleHash: 'h',
    client: 'cli',
    clientSession: null,
    transport: 'process',
    worktree: 'w',
    root: '/w',
    attachment: null,
    warnings: [],
    resumedFrom: null,
  } as const;
  return [
    { ...head, seq: 1, type: 'fleet.founded', fleetId: 'f1', format: 1 },
    { ...head, seq: 2, type: 'agent.registered', agentId: 'ana', ...registered },
    { ...head, seq: 3, type: 'session.opened', agentId: 'ana', sessionId: 's', ...opened },
  ];
}

describe('a new epoch', () => {
  it('is told to every live session, with when and how it goes on', () => {
    const state = emptyState();
    for (const event of joined()) apply(state, event);
    const point = { epoch: 0, seq: 3, hash: 'x' };
    const start = { fleetId: 'f1', epoch: 1, lost: point, basis: point, why: 'the log was removed', requestId: 'r' };
    const after = emptyState();
    apply(after, epochStarted(state, start, { at: 5, wallAt }));
    expect(noticesOf(after, 's', 0)).toMatchObject([{ kind: 'log_regressed', seq: 2 ** 40, wallAt }]);
    expect(noticesOf(after, 's', 0)[0]?.text).toMatch(
      /^STORE_REGRESSED: the log was removed\. Since 2025-.* new epoch/,
    );
  });
});

describe('the rest after a loss', () => {
  it('is a moment, or as long as any belief lasts', () => {
    expect([restMs('settle', false), restMs('belief', false)]).toEqual([3_000, LIMITS.beliefMaxMs]);
  });

  it('is longer, where hosts share the log, than a place may believe unheard; whatever is known', () => {
    expect(restMs('settle', true)).toBe(restMs('belief', true));
    expect(restMs('belief', true) - sureForMs(0, 0, true)).toBe(LIMITS.placeSlackMs);
  });
});
