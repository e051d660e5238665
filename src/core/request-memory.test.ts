import { describe, expect, it } from 'vitest';
import type { Caller, Command } from './command.ts';
import { decide } from './decide.ts';
import { emptyState, mergeState } from './fleet-state.ts';
import { checkState } from './invariants.ts';
import { LIMITS } from './limits.ts';
import { isRejection } from './rejection.ts';
import type { Answer } from './reply.ts';

type Ask = Command extends infer C ? (C extends Command ? Omit<C, 'by' | 'requestId' | 'bodyHash'> : never) : never;

const SYSTEM = { kind: 'system', name: 'test' } as const;

function open() {
  const state = emptyState();
  let at = 0;
  let asked = 0;
  const submit = (by: Caller, ask: Ask, requestId?: string): Answer => {
    asked += 1;
    const command = { ...ask, by, requestId: requestId ?? `r${asked}`, bodyHash: JSON.stringify(ask) } as Command;
    const { answer, draft } = decide(state, command, { at, wallAt: '2025-11-19T23:25:00.000Z' });
    mergeState(state, draft);
    expect(checkState(state)).toEqual([]);
    return answer;
  };
  const join = (agentId: string, session: string, resumeHandleHash: string | null = null): Answer =>
    submit(SYSTEM, {
      op: 'register',
      agentId,
      purpose: null,
      client: 'cli',
      user: 'kim',
      stamp: '20251119_2325',
      onTaken: 'sibling',
      tags: [],
      notes: '',
      resumeHandleHash,
      clientSession: null,
      transport: 'process',
      worktree: 'w1',
      root: '/w',
      foldsCase: false,
      attachment: { attachmentId: `att-${session}`, placeId: 'p1', pid: asked + 1, startTime: '1', kind: 'mcp' },
      freshSessionId: session,
      freshHandleHash: `h-${session}`,
      joinTokenHash: null,
    });
  const says = (session: string, ask: Ask, requestId?: string): Answer =>
    submit({ kind: 'session', handleHash: `h-${session}` }, ask, requestId);
  const dies = (session: string): Answer =>
    submit(SYSTEM, {
      op: 'detach',
      sessionId: session,
      attachmentId: `att-${session}`,
      cause: 'dead',
      evidence: 'gone',
    });
  const wait = (ms: number): void => {
    at += ms;
  };
  submit(SYSTEM, { op: 'found', fleetId: 'f1' });
  return { state, join, says, dies, wait };
}

const ACQUIRE = {
  op: 'acquire',
  resources: ['task:a'],
  mode: 'exclusive',
  waitMs: 0,
  ttlMs: 60_000,
  reason: '',
  priority: 0,
} as const;
const PUT = { op: 'put_state', key: 'menu', value: 'soup', condition: { ifVersion: 0 } } as const;

describe('a request that is repeated', () => {
  it('by who accepted a handoff has the lease again', () => {
    const { join, says } = open();
    join('ana', 'a');
    join('bo', 'b');
    const held = says('a', ACQUIRE);
    const token = 'leases' in held && held.op === 'acquire' ? (held.leases[0]?.token ?? 0) : 0;
    const offered = says('a', { op: 'hand_off', resource: 'task:a', token, to: 'bo' });
    const offer = 'offer' in offered ? offered.offer : '';
    const accept = { op: 'answer_handoff', offer, answer: 'accept' } as const;
    const first = says('b', accept, 'once');
    expect(first).toMatchObject({ accepted: true, lease: { resource: 'task:a' } });
    expect(says('b', accept, 'once')).toEqual(first);
  });

  it('by who offered a handoff names the offer, and how long it stands', () => {
    const { join, says, wait } = open();
    join('ana', 'a');
    join('bo', 'b');
    const held = says('a', ACQUIRE);
    const token = 'leases' in held && held.op === 'acquire' ? (held.leases[0]?.token ?? 0) : 0;
    const handOff = { op: 'hand_off', resource: 'task:a', token, to: 'bo' } as const;
    const first = says('a', handOff, 'once');
    expect(says('a', handOff, 'once')).toEqual(first);
    wait(1_000);
    says('b', { op: 'answer_handoff', offer: 'offer' in first ? first.offer : '', answer: 'decline' });
    expect(says('a', handOff, 'once')).toEqual({ ...first, until: 1_000 });
  });

  it('after the only process of its session died has the same outcome in the session that follows', () => {
    const { join, says, dies } = open();
    join('ana', 'a');
    const put = says('a', PUT, 'put');
    const granted = says('a', ACQUIRE, 'acquire');
    dies('a');
    expect(says('a', PUT, 'put')).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    expect(join('ana', 'a2', 'h-a')).toMatchObject({ agentId: 'ana', resumed: true });
    expect(says('a2', PUT, 'put')).toEqual(put);
    const again = says('a2', ACQUIRE, 'acquire');
    if (isRejection(granted) || granted.op !== 'acquire' || isRejection(again) || again.op !== 'acquire')
      throw new Error('refused');
    expect(again.leases.map(({ token }) => token)).toEqual(granted.leases.map(({ token }) => token));
  });

  it('is known to nobody who only has the name of its agent', () => {
    const { join, says, dies } = open();
    join('ana', 'a');
    says('a', PUT, 'put');
    dies('a');
    join('ana', 'a2');
    expect(says('a2', PUT, 'put')).toMatchObject({ code: 'VERSION_MISMATCH' });
  });

  it('is known of an ended session where it may have been under way at the end', () => {
    const { state, join, says, dies } = open();
    join('ana', 'a');
    const most = LIMITS.requestsOfEnded;
    for (let i = 0; i <= most; i += 1) says('a', { ...PUT, value: i, condition: { ifVersion: i } }, `put-${i}`);
    expect(state.requests.countIn('scope', 'a')).toBe(most + 1);
    dies('a');
    expect(state.requests.countIn('scope', 'a')).toBe(most);
    join('ana', 'a2', 'h-a');
    const put = (i: number) => says('a2', { ...PUT, value: i, condition: { ifVersion: i } }, `put-${i}`);
    expect(put(most)).toMatchObject({ version: most + 1 });
    expect(put(1)).toMatchObject({ version: 2 });
    expect(put(0)).toMatchObject({ code: 'VERSION_MISMATCH' });
  });

  it('is forgotten ten minutes later, whoever asked, when somebody comes', () => {
    const { state, join, says, wait } = open();
    join('ana', 'a');
    says('a', PUT, 'put');
    wait(LIMITS.requestMs - 1);
    join('bo', 'b');
    expect(state.requests.countIn('scope', 'a')).toBe(1);
    wait(1);
    join('cy', 'c');
    expect(state.requests.countIn('scope', 'a')).toBe(0);
    expect(state.requests.countIn('scope', 'register')).toBe(2);
  });

  it('is forgotten with its session', () => {
    const { state, join, says, dies, wait } = open();
    join('ana', 'a');
    says('a', PUT, 'put');
    dies('a');
    wait(LIMITS.endedSessionMs + 1);
    join('bo', 'b');
    expect(state.requests.countIn('scope', 'a')).toBe(0);
  });
});
