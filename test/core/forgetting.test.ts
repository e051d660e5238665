// What is forgotten, and when: memory is bounded, and every replica forgets the same.

import { describe, expect, it } from 'vitest';
import { apply } from '../../src/core/apply.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { noticesOf } from '../../src/core/session/notices.ts';
import { CoreFleet } from '../support/core-fleet.ts';
import { factOf } from '../support/every-fact.ts';
import { registration } from '../support/registration.ts';
import { textOf, Witness } from '../support/witness.ts';

const MINUTE_MS = 60_000;

/** Every fold of the fleet's log is the state it shows. */
function sameEverywhere(fleet: CoreFleet): void {
  const witness = new Witness();
  witness.take(fleet.events);
  expect(witness.verify()).toBe(textOf(fleet.state));
}

describe('ended sessions', () => {
  it('are forgotten a week after their end, in the order in which they ended', () => {
    const fleet = new CoreFleet();
    const names = Array.from({ length: 12 }, (_, i) => `ana-${i}`);
    for (const name of names) fleet.join(name);
    // Opened in one order, ended in another, several in one batch.
    for (const name of names.toReversed()) {
      fleet.atMs += MINUTE_MS;
      fleet.says(name, { op: 'close_session', why: 'done' });
    }
    fleet.atMs += LIMITS.endedSessionMs - 6 * MINUTE_MS;
    fleet.join('bo');
    fleet.join('cy');
    expect(fleet.state.sessions.countIn('ended', 'ended')).toBe(12 - 6);
    expect(fleet.state.sessions.get('s-ana-0')).toBeDefined();
    expect(fleet.state.sessions.get('s-ana-11')).toBeUndefined();
    sameEverywhere(fleet);
  });

  it('take what they asked and what they were not told with them', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    fleet.acquire('ana', ['task:a']);
    fleet.operator({ op: 'revoke', resource: 'task:a', token: null, reason: 'needed' });
    fleet.says('ana', { op: 'close_session', why: 'done' });
    fleet.atMs += LIMITS.endedSessionMs + MINUTE_MS;
    fleet.join('bo');
    expect(fleet.state.sessions.get('s-ana')).toBeUndefined();
    expect(fleet.state.requests.countIn('scope', 's-ana')).toBe(0);
    expect(fleet.state.notices.get('s-ana')).toBeUndefined();
    sameEverywhere(fleet);
  });
});

describe('an ended session', () => {
  it('is not forgotten while it still holds something: its lease ends first', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo']) fleet.join(agent);
    fleet.acquire('ana', ['task:a']);
    fleet.saysCut('ana', { op: 'close_session', why: 'done' }, 'close', 1);
    const { state } = fleet;
    const at = LIMITS.endedSessionMs + MINUTE_MS;
    const opened = factOf('session.opened', state.position.seq + 1, { agentId: 'cy', sessionId: 's-cy' });
    apply(state, { ...opened, at });
    expect(state.sessions.get('s-ana')).toBeDefined();
    fleet.atMs = at;
    fleet.settle();
    expect(state.leases.size).toBe(0);
    fleet.join('dee');
    expect(state.sessions.get('s-ana')).toBeUndefined();
  });

  it('is not brought back by the repeat of its registration', () => {
    const fleet = new CoreFleet();
    const again = () => fleet.system(registration('ana'), 'once').answer;
    expect(again()).toMatchObject({ agentId: 'ana', handleAccepted: true });
    expect(again()).toMatchObject({ agentId: 'ana', handleAccepted: true });
    fleet.says('ana', { op: 'close_session', why: 'done' });
    expect(again()).toMatchObject({ agentId: 'ana', handleAccepted: false });
    fleet.state.sessions.delete('s-ana');
    expect(again()).toMatchObject({ code: 'REQUEST_REUSED' });
    const [asked] = [...fleet.state.requests.in('scope', 'register')];
    if (asked === undefined) throw new Error('nothing is remembered');
    fleet.state.requests.set({ ...asked, sessionId: null });
    expect(again()).toMatchObject({ code: 'REQUEST_REUSED' });
  });
});

describe('requests', () => {
  const put = (ifVersion: number) => ({ op: 'put_state', key: 'k', value: 0, condition: { ifVersion } }) as const;

  it('are remembered up to the last 256 of a session', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    const most = LIMITS.requestsPerSession;
    for (let i = 0; i <= most; i += 1) fleet.says('ana', put(i), `put-${i}`);
    expect(fleet.says('ana', put(0), 'put-0').answer).toMatchObject({ code: 'VERSION_MISMATCH' });
    expect(fleet.says('ana', put(1), 'put-1').answer).toMatchObject({ version: 2 });
    expect(fleet.says('ana', put(most), `put-${most}`).answer).toMatchObject({ version: most + 1 });
    sameEverywhere(fleet);
  });

  it('are remembered for ten minutes at least, where there are few', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    fleet.says('ana', put(0), 'first');
    fleet.atMs += LIMITS.requestMs - 1;
    fleet.says('ana', put(1), 'second');
    expect(fleet.says('ana', put(0), 'first').answer).toMatchObject({ version: 1 });
    fleet.atMs += 1;
    fleet.says('ana', put(2), 'third');
    expect(fleet.says('ana', put(0), 'first').answer).toMatchObject({ code: 'VERSION_MISMATCH' });
    expect(fleet.says('ana', put(1), 'second').answer).toMatchObject({ version: 2 });
    sameEverywhere(fleet);
  });
});

describe('notices', () => {
  it('are kept until they were seen, the newest hundred at most', () => {
    const fleet = new CoreFleet();
    for (const name of ['ana', 'bo']) fleet.join(name);
    for (let i = 0; i < LIMITS.noticesPerSession + 5; i += 1) {
      fleet.acquire('ana', ['task:a']);
      fleet.operator({ op: 'revoke', resource: 'task:a', token: null, reason: 'needed' });
    }
    const notices = noticesOf(fleet.state, 's-ana', 0);
    expect(notices).toHaveLength(LIMITS.noticesPerSession);
    expect(notices.at(-1)?.seq).toBe(fleet.state.position.seq);
    sameEverywhere(fleet);
  });
});
