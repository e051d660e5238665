import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { registration } from '../../../test/support/registration.ts';
import { sessionDueAt } from './silence.ts';

function dueAt(fleet: CoreFleet, sessionId: string): number {
  const session = fleet.state.sessions.get(sessionId);
  if (session === undefined) throw new Error('there is no such session');
  return sessionDueAt(fleet.state, session);
}

describe('a session that is silent', () => {
  it('falls due where it has no process, and holds nothing', () => {
    const fleet = new CoreFleet({ silentSessionMs: 60_000 });
    fleet.join('ana');
    fleet.join('bo', 's-bo', 7);
    expect(dueAt(fleet, 's-ana')).toBe(60_000);
    fleet.acquire('ana', ['task:oven']);
    expect([dueAt(fleet, 's-ana'), dueAt(fleet, 's-bo')]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('falls due at once when it has ended and left something', () => {
    const fleet = new CoreFleet();
    fleet.system(registration('ana'));
    fleet.atMs = 1_000;
    fleet.says('ana', { op: 'close_session', why: 'done' });
    expect(dueAt(fleet, 's-ana')).toBe(Number.POSITIVE_INFINITY);
    fleet.join('bo');
    fleet.acquire('bo', ['task:oven']);
    fleet.saysCut('bo', { op: 'close_session', why: 'done' }, 'close', 1);
    expect(dueAt(fleet, 's-bo')).toBe(1_000);
  });
});
