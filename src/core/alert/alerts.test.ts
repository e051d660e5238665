// When each alert opens, is told again and closes: at its threshold and not before, once, and whatever operators say of it.

import { describe, expect, it } from 'vitest';
import { AlertedFleet } from '../../../test/support/alerted-fleet.ts';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { containing } from '../../../test/support/matching.ts';
import { registration } from '../../../test/support/registration.ts';
import { BrokenPromise } from '../../../test/support/witness.ts';
import { apply } from '../apply.ts';
import type { FleetEvent } from '../event.ts';
import { forkState } from '../fleet-state.ts';
import type { Policy } from '../governance/policy.ts';
import { DEFAULT_POLICY } from '../governance/policy.ts';
import { checkDraft, checkState } from '../invariants.ts';
import { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { AgentRow, AlertRow, Pause } from '../rows.ts';
import type { AlertCode } from './alert.ts';
import { raiseFrom } from './causes.ts';
import { pauseCause } from './lasting/paused-agent.ts';
import { alertChanges, isWorthWatching } from './watch.ts';

const { alerts: A, silentHolder: S } = DEFAULT_POLICY;
const WAIT_MS = LIMITS.waitMaxMs;

/** A fleet of agents that is watched at the moments a test names. */
class WatchedFleet extends CoreFleet {
  constructor(agents: readonly string[], policy?: Policy) {
    super(policy);
    for (const agent of agents) this.join(agent);
  }

  /** What a look at this moment tells. */
  watch(atMs = this.atMs): readonly FleetEvent[] {
    this.atMs = atMs;
    const told = this.system({ op: 'watch' }).groups.flat();
    const [violation] = checkState(this.state);
    if (violation !== undefined) throw new BrokenPromise(violation.invariant, violation.detail);
    return told.filter(({ type }) => type.startsWith('alert.'));
  }

  /** Codes and what became of them, as `+contention`, `~contention` (again) and `-contention`. */
  looks(atMs: number): readonly string[] {
    return this.watch(atMs).flatMap((event) => {
      if (event.type === 'alert.opened') return [`+${event.code}`];
      if (event.type === 'alert.closed') return [`-${event.code}`];
      return event.type === 'alert.repeated' ? [`~${this.row(event.alert).code}`] : [];
    });
  }

  row(alert: number): AlertRow {
    const row = this.state.alerts.get(String(alert));
    if (row === undefined) throw new Error(`no alert ${alert}`);
    return row;
  }

  open(code: AlertCode): AlertRow {
    const row = [...this.state.alerts.in('open', 'open')].find((each) => each.code === code);
    if (row === undefined) throw new Error(`no ${code} is open`);
    return row;
  }

  isOpen(code: AlertCode): boolean {
    return [...this.state.alerts.in('open', 'open')].some((each) => each.code === code);
  }

  /** Lets the agent be heard, so that silence is not what is told. */
  hears(agentId: string, atMs: number): void {
    this.atMs = atMs;
    this.says(agentId, { op: 'hear' });
    const sessionIds = [`s-${agentId}`];
    this.system({ op: 'touch', sessionIds });
  }

  token(agentId: string, resource: string): number {
    const lease = [...this.state.leases.in('session', `s-${agentId}`)].find((each) => each.resource === resource);
    return lease?.token ?? 0;
  }
}

/** Only this is told: everything else has a threshold that no test reaches. */
function only(alerts: Partial<Policy['alerts']>): Policy {
  const never = 86_400_000;
  return {
    alerts: { waitMs: never, queueLength: 10_000, starvationMs: never, lapses: 1_000, ...alerts },
    silentHolder: { afterMs: never },
  };
}

describe('contention', () => {
  it('is told when somebody waits longer than the policy finds normal, once, and closes below half of it', () => {
    const fleet = new WatchedFleet(['ana', 'bo', 'cy'], only({ waitMs: A.waitMs }));
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(A.waitMs)).toEqual([]);
    expect(fleet.looks(A.waitMs + 1)).toEqual(['+contention']);
    expect(fleet.looks(A.waitMs + 500)).toEqual([]);
    const { agents, resources, text, severity, incident } = fleet.open('contention');
    expect({ agents, resources, severity, incident }).toEqual({
      agents: ['ana', 'bo'],
      resources: ['task:stew'],
      severity: 'warning',
      incident: null,
    });
    expect(text).toBe('bo has waited 1m00s for task:stew, which ana holds. Nobody else waits for it.');
    expect(fleet.open('contention').next).toContain('(brigade ask task:stew "bo waits for it")');
    fleet.acquire('cy', ['task:stew'], { waitMs: WAIT_MS });
    fleet.says('ana', { op: 'release', leases: [{ resource: 'task:stew', token: fleet.token('ana', 'task:stew') }] });
    // bo has it now, and cy has waited for more than half of it.
    expect(fleet.looks(A.waitMs + 500 + A.waitMs / 2 + 1)).toEqual([]);
    fleet.says('cy', { op: 'withdraw', ticket: [...fleet.state.tickets.rows()][0]?.ticket ?? '' });
    expect(fleet.looks(2 * A.waitMs)).toEqual(['-contention']);
  });

  it('advises commands that run nothing of what somebody called a thing, as silent_holder does', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], { ...only({ waitMs: 1_000 }), silentHolder: {} });
    fleet.acquire('ana', ['task:$(touch x)']);
    fleet.acquire('bo', ['task:$(touch x)'], { waitMs: WAIT_MS });
    fleet.looks(2 * S.afterMs);
    for (const code of ['contention', 'silent_holder'] as const) {
      const { next } = fleet.open(code);
      expect(next).toContain(`brigade ask 'task:$(touch x)' "bo waits for it"`);
      expect(next).toContain(`brigade diagnose 'task:$(touch x)'`);
    }
  });

  it('is told when more stand in line than the policy finds normal', () => {
    const agents = Array.from({ length: A.queueLength + 1 }, (_, i) => `w${i}`);
    const fleet = new WatchedFleet(['ana', ...agents], only({ queueLength: A.queueLength }));
    fleet.acquire('ana', ['task:stew']);
    for (const agent of agents.slice(1)) fleet.acquire(agent, ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(1)).toEqual([]);
    fleet.acquire('w0', ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(2)).toEqual(['+contention']);
    expect(fleet.open('contention').text).toContain(`${agents.length} stand in line`);
  });

  it('that was told for the length of its line closes when half of that stands there', () => {
    const agents = Array.from({ length: A.queueLength + 1 }, (_, i) => `w${i}`);
    const fleet = new WatchedFleet(['ana', ...agents], only({ queueLength: A.queueLength }));
    fleet.acquire('ana', ['task:stew']);
    for (const agent of agents) fleet.acquire(agent, ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(1)).toEqual(['+contention']);
    const leave = (agentId: string): void => {
      const [ticket] = fleet.state.tickets.in('session', `s-${agentId}`);
      fleet.says(agentId, { op: 'withdraw', ticket: ticket?.ticket ?? '' });
    };
    const half = A.queueLength / 2;
    for (const agent of agents.slice(half + 1)) leave(agent);
    expect(fleet.state.tickets.size).toBe(half + 1);
    expect(fleet.looks(2 * A.closeAfterMs)).toEqual([]);
    leave('w0');
    expect(fleet.looks(2 * A.closeAfterMs + 1)).toEqual(['-contention']);
  });

  it('is not told of what somebody asked for besides', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ waitMs: A.waitMs }));
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:free', 'task:stew'], { waitMs: WAIT_MS });
    fleet.looks(A.waitMs + 1);
    expect([...fleet.state.alerts.rows()].map(({ subject }) => subject)).toEqual(['task:stew']);
  });

  it('does not count the time of a pause', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ waitMs: A.waitMs }));
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    fleet.operator({ op: 'pause', agentId: 'bo', reason: 'lunch' });
    expect(fleet.looks(A.waitMs + 1)).toEqual([]);
    fleet.operator({ op: 'resume', agentId: 'bo', reason: 'back' });
    expect(fleet.looks(2 * A.waitMs + 1)).toEqual([]);
    expect(fleet.looks(2 * A.waitMs + 2)).toEqual(['+contention']);
  });
});

describe('starvation', () => {
  it('is told of each who waits that long, is an incident, and closes with the wait', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ starvationMs: 300_000 }));
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(300_000)).toEqual([]);
    expect(fleet.looks(300_001)).toEqual(['+starvation']);
    expect(fleet.open('starvation')).toMatchObject({ severity: 'critical', agents: ['ana', 'bo'], incident: 1 });
    // In the group that ends the wait, whoever looks or does not.
    const { groups } = fleet.says('ana', { op: 'release', leases: 'all' });
    expect(groups.flat().filter(({ type }) => type === 'alert.closed')).toMatchObject([{ code: 'starvation' }]);
    expect(groups.flat().every(({ seq }, i, all) => i === 0 || seq === (all[i - 1]?.seq ?? 0) + 1)).toBe(true);
  });

  it('closes with the next look when it stands in no line any more, however lately it was told', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ starvationMs: A.starvationMs }));
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(A.starvationMs + 1)).toEqual(['+starvation']);
    fleet.operator({ op: 'pause', agentId: 'bo', reason: 'lunch' });
    expect(fleet.looks(A.starvationMs + 500)).toEqual(['-starvation']);
  });

  it('is not told of who let its turn pass', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ starvationMs: 60_000 }));
    lapse(fleet, 1);
    expect(fleet.looks(fleet.atMs + 60_001)).toEqual([]);
  });
});

/** bo waits for what ana holds, is offered it so many times, and does not take it. */
function lapse(fleet: WatchedFleet, times: number): string {
  fleet.acquire('ana', ['task:stew']);
  fleet.acquire('bo', ['task:stew'], { waitMs: 1_000 });
  const ticket = [...fleet.state.tickets.rows()][0]?.ticket ?? '';
  for (let i = 0; i < times; i += 1) {
    if (i > 0) {
      fleet.says('bo', { op: 'await', ticket, waitMs: 1_000 });
      fleet.says('bo', { op: 'leave_wait', ticket });
      fleet.acquire('ana', ['task:stew']);
    } else fleet.says('bo', { op: 'leave_wait', ticket });
    fleet.says('ana', { op: 'release', leases: 'all' });
    fleet.atMs += LIMITS.claimMs;
    fleet.settle();
  }
  return ticket;
}

describe('offer_lapses', () => {
  it('is told when it was offered that often, and closes when it asks again', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ lapses: 2 }));
    const ticket = lapse(fleet, 1);
    expect(fleet.looks(fleet.atMs)).toEqual([]);
    fleet.says('bo', { op: 'await', ticket, waitMs: 1_000 });
    expect(fleet.state.tickets.get(ticket)).toBeUndefined();
  });

  it('tells the waiter too, and closes with the wait', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ lapses: 1 }));
    const ticket = lapse(fleet, 1);
    expect(fleet.looks(fleet.atMs)).toEqual(['+offer_lapses']);
    expect(fleet.state.notices.get('s-bo')?.notices.at(-1)).toMatchObject({ kind: 'alert', ticket });
    const { groups } = fleet.says('bo', { op: 'withdraw', ticket });
    expect(groups.flat().map(({ type }) => type)).toContain('alert.closed');
  });
});

describe('silent_holder', () => {
  const SLACK_MS = S.afterMs / 4;

  it('is told when nothing can have been heard for that long, to operators and to the holder', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], { ...only({}), silentHolder: {} });
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    expect(fleet.looks(S.afterMs + SLACK_MS - 1)).toEqual([]);
    expect(fleet.looks(S.afterMs + SLACK_MS)).toEqual(['+silent_holder']);
    const row = fleet.open('silent_holder');
    expect(row.next).toMatch(/^Ask it to let go \(brigade ask \S+ "bo waits for it"\); /);
    const token = fleet.token('ana', 'task:stew');
    expect(row).toMatchObject({ subject: String(token), severity: 'critical', agents: ['ana', 'bo'], incident: 1 });
    expect(row.text).toBe(
      `ana holds task:stew (token ${token}) and nothing was heard of it for 2m00s; bo waits for it, the longest for 2m30s.`,
    );
    expect(fleet.state.notices.get('s-ana')?.notices.at(-1)).toMatchObject({ kind: 'alert', token });
    // Heard of again: it stays open for as long as it takes not to flicker.
    fleet.hears('ana', fleet.atMs + 1_000);
    expect(fleet.looks(fleet.atMs + 1_000)).toEqual([]);
    expect(fleet.looks(S.afterMs + SLACK_MS + A.closeAfterMs)).toEqual(['-silent_holder']);
    expect(fleet.row(row.alert).closed?.why).toBe('ana was heard of again.');
  });

  it('is not told of a holder that works, nor where nobody waits', () => {
    const fleet = new WatchedFleet(['ana', 'bo', 'cy'], { ...only({}), silentHolder: {} });
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('cy', ['task:soup']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    for (let atMs = 0; atMs <= 10 * 60_000; atMs += 40_000) {
      fleet.hears('ana', atMs);
      expect(fleet.looks(atMs)).toEqual([]);
    }
  });

  it('closes in the group that ends the lease', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], { ...only({}), silentHolder: {} });
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    fleet.watch(2 * S.afterMs);
    const { groups } = fleet.operator({ op: 'revoke', resource: 'task:stew', token: null, reason: 'needed' });
    expect(groups.flat().map(({ type }) => type)).toContain('alert.closed');
  });
});

describe('suspected_deadlock', () => {
  it('is told while agents ask each other in vain, to them too, and closes when that is a minute ago', () => {
    const fleet = new WatchedFleet(['ana', 'bo', 'cy']);
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:b']);
    fleet.acquire('cy', ['task:a']);
    fleet.acquire('ana', ['task:b']);
    expect(fleet.looks(1)).toEqual([]);
    fleet.acquire('bo', ['task:a']);
    expect(fleet.looks(2)).toEqual(['+suspected_deadlock']);
    expect(fleet.open('suspected_deadlock')).toMatchObject({ subject: 'ana bo', resources: ['task:b', 'task:a'] });
    for (const who of ['s-ana', 's-bo'])
      expect(fleet.state.notices.get(who)?.notices.at(-1)).toMatchObject({ kind: 'alert' });
    expect(fleet.looks(LIMITS.retryEdgeMs - 1)).toEqual([]);
    expect(fleet.looks(LIMITS.retryEdgeMs + 1)).toEqual(['-suspected_deadlock']);
  });
});

describe('paused_agent', () => {
  it('is told with the pause and over with it, and not again when it is told already', () => {
    const fleet = new WatchedFleet(['ana']);
    const paused = fleet.operator({ op: 'pause', agentId: 'ana', reason: 'It overwrote the plan.' });
    expect(paused.groups.map((group) => group.map(({ type }) => type))).toEqual([['agent.paused', 'alert.opened']]);
    expect(fleet.open('paused_agent').text).toBe('ana was paused by operator:root: It overwrote the plan.');
    expect(fleet.looks(500)).toEqual([]);
    expect(fleet.open('paused_agent').next).toBe(
      'Look at what it did (brigade history ana). Only an operator resumes it (brigade resume ana --reason "...").',
    );
    const resumed = fleet.operator({ op: 'resume', agentId: 'ana', reason: 'looked at' });
    expect(resumed.groups.flat().map(({ type }) => type)).toContain('alert.closed');
  });

  it('says how an agent comes back that the policy paused', () => {
    const fleet = new WatchedFleet(['ana']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    const row = fleet.state.agents.get('ana') as AgentRow;
    const pause = { ...(row.pause as Pause), by: 'policy' } as const;
    expect(pauseCause({ ...row, pause }).next).toContain(
      'It comes back with its own reflection (recover), or an operator resumes it (brigade resume ana --reason "...").',
    );
  });

  it('is told again each half hour, until somebody looks after it', () => {
    const fleet = new WatchedFleet(['ana']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    expect(fleet.looks(A.repeatMs - 1)).toEqual([]);
    expect(fleet.looks(A.repeatMs)).toEqual(['~paused_agent']);
    expect(fleet.looks(A.repeatMs + 500)).toEqual([]);
    const { alert, told } = fleet.open('paused_agent');
    expect(told).toBe(2);
    fleet.operator({ op: 'acknowledge_alert', alert, note: 'on it' });
    expect(fleet.looks(10 * A.repeatMs)).toEqual([]);
  });
});

describe('what is silenced', () => {
  const hour = 3_600_000;

  it('is not told again while it is silent, and then it is', () => {
    const fleet = new WatchedFleet(['ana']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    fleet.operator({ op: 'silence_alert', alert: fleet.open('paused_agent').alert, forMs: hour, note: '' });
    expect(fleet.looks(hour - 1)).toEqual([]);
    expect(fleet.looks(hour)).toEqual(['~paused_agent']);
  });

  it('stays silent when it closes and comes back, and is told when the silence is over and the cause is there', () => {
    const fleet = new WatchedFleet(['ana']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    fleet.operator({ op: 'silence_alert', alert: fleet.open('paused_agent').alert, forMs: hour, note: '' });
    fleet.operator({ op: 'resume', agentId: 'ana', reason: 'back' });
    const again = fleet.operator({ op: 'pause', agentId: 'ana', reason: 'dinner' });
    expect(again.groups.flat().map(({ type }) => type)).toEqual(['agent.paused']);
    expect(fleet.looks(hour - 1)).toEqual([]);
    expect(fleet.isOpen('paused_agent')).toBe(false);
    expect(isWorthWatching(fleet.state, hour - 1)).toBe(true);
    expect(fleet.looks(hour)).toEqual(['+paused_agent']);
  });

  it('is no change for whoever looks, and what is told already is none either', () => {
    const fleet = new WatchedFleet(['ana', 'bo'], only({ waitMs: A.waitMs }));
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    fleet.looks(A.waitMs + 1);
    const { alert } = fleet.open('contention');
    expect(alertChanges(fleet.state, fleet.atMs)).toEqual({ open: [], repeat: [], close: [], rescue: false });
    fleet.operator({ op: 'silence_alert', alert, forMs: hour, note: '' });
    const closed = fleet.system({ op: 'watch' });
    expect(closed.groups).toEqual([]);
    fleet.says('bo', { op: 'withdraw', ticket: [...fleet.state.tickets.rows()][0]?.ticket ?? '' });
    expect(fleet.looks(A.waitMs + 2 * A.closeAfterMs)).toEqual(['-contention']);
    fleet.acquire('bo', ['task:stew'], { waitMs: WAIT_MS });
    fleet.atMs += 2 * A.waitMs;
    expect(alertChanges(fleet.state, fleet.atMs)).toEqual({ open: [], repeat: [], close: [], rescue: false });
  });

  it('is told again when the silence is lifted', () => {
    const fleet = new WatchedFleet(['ana']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    const { alert } = fleet.open('paused_agent');
    fleet.operator({ op: 'silence_alert', alert, forMs: hour, note: '' });
    fleet.operator({ op: 'silence_alert', alert, forMs: 0, note: '' });
    expect(fleet.looks(A.repeatMs)).toEqual(['~paused_agent']);
  });

  it('has a note that fits, or is refused', () => {
    const fleet = new WatchedFleet(['ana']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    const { alert } = fleet.open('paused_agent');
    const note = 'x'.repeat(LIMITS.textBytes + 1);
    const asks = [
      { op: 'silence_alert', alert, forMs: hour, note },
      { op: 'acknowledge_alert', alert, note },
    ] as const;
    for (const ask of asks) expect(fleet.operator(ask).answer).toMatchObject({ code: 'TOO_LARGE' });
    expect(fleet.row(alert)).toMatchObject({ silenced: null, acknowledged: null });
  });

  it('is refused to agents, for too long, and of an alert that is closed', () => {
    const fleet = new WatchedFleet(['ana', 'bo']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'lunch' });
    const { alert } = fleet.open('paused_agent');
    const silence = { op: 'silence_alert', alert, forMs: hour, note: '' } as const;
    expect(fleet.says('bo', silence).answer).toMatchObject({ code: 'OPERATOR_REQUIRED' });
    expect(fleet.operator({ ...silence, forMs: LIMITS.silenceMaxMs + 1 }).answer).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    fleet.operator({ op: 'resume', agentId: 'ana', reason: 'back' });
    expect(fleet.operator(silence).answer).toMatchObject({ code: 'UNKNOWN_ALERT', category: 'missing' });
  });
});

describe('what happens in a moment', () => {
  /** ana and bo close a circle. */
  function deadlock(fleet: WatchedFleet): readonly FleetEvent[] {
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:b']);
    fleet.acquire('ana', ['task:b'], { waitMs: 1_000 });
    const told = fleet.acquire('bo', ['task:a'], { waitMs: 1_000 }).groups.flat();
    for (const { ticket, agentId } of Array.from(fleet.state.tickets.rows()))
      fleet.says(agentId, { op: 'withdraw', ticket });
    return told.filter(({ type }) => type.startsWith('alert.') || type.startsWith('incident.'));
  }

  it('deadlock: is told with the abort, an incident, repeated when it happens again, and over after ten quiet minutes', () => {
    const fleet = new WatchedFleet(['ana', 'bo']);
    expect(deadlock(fleet).map(({ type }) => type)).toEqual(['alert.opened', 'incident.opened']);
    const { text, agents, resources } = fleet.open('deadlock');
    expect(text).toBe(
      'A deadlock was broken: bo waits for task:a, held by ana; ana waits for task:b, held by bo. The wait of bo was ended.',
    );
    expect({ agents, resources }).toEqual({ agents: ['bo', 'ana'], resources: ['task:a', 'task:b'] });
    fleet.atMs = A.closeAfterMs - 1;
    expect(deadlock(fleet)).toEqual([]);
    fleet.atMs = A.closeAfterMs;
    expect(deadlock(fleet).map(({ type }) => type)).toEqual(['alert.repeated']);
    const quietMs = A.closeAfterMs + LIMITS.alertQuietMs;
    expect(fleet.looks(quietMs - 1)).toEqual([]);
    expect(fleet.looks(quietMs)).toEqual(['-deadlock']);
    expect(deadlock(fleet).map(({ type }) => type)).toEqual(['alert.opened', 'incident.joined']);
  });

  it('deadlock: stays open for as long as the policy keeps alerts open, where that is longer', () => {
    const hour = 3_600_000;
    const fleet = new WatchedFleet(['ana', 'bo'], { alerts: { closeAfterMs: hour } });
    deadlock(fleet);
    expect(fleet.looks(hour - 1)).toEqual([]);
    expect(fleet.looks(hour)).toEqual(['-deadlock']);
  });

  it('deadlock: of a large ring is told within bounds', () => {
    const agents = Array.from({ length: 40 }, (_, i) => `a${i}`);
    const fleet = new WatchedFleet(agents);
    for (const [i, agent] of agents.entries()) fleet.acquire(agent, [`task:${i}`]);
    for (const [i, agent] of agents.entries())
      fleet.acquire(agent, [`task:${(i + 1) % agents.length}`], { waitMs: 1_000 });
    const { text, agents: told } = fleet.open('deadlock');
    expect(told.length).toBeLessThanOrEqual(32);
    expect(text).toContain('and 29 more wait for each other in a circle');
  });

  function attached(fleet: WatchedFleet, agentId: string): void {
    fleet.says(agentId, {
      op: 'attach',
      attachment: { attachmentId: `p-${agentId}`, placeId: 'p', pid: 7, startTime: 's', kind: 'mcp' },
    });
  }

  function dies(fleet: WatchedFleet, agentId: string): readonly FleetEvent[] {
    const which = { sessionId: `s-${agentId}`, attachmentId: `p-${agentId}` };
    const ask = { op: 'detach', ...which, cause: 'dead', evidence: 'process 7 is gone' } as const;
    return fleet.system(ask).groups.flat();
  }

  it('session_lost: is told with the loss, while the session still has its leases', () => {
    const fleet = new WatchedFleet(['ana']);
    attached(fleet, 'ana');
    fleet.acquire('ana', ['task:a', 'task:b']);
    const types = dies(fleet, 'ana').map(({ type }) => type);
    expect(types.slice(0, 4)).toEqual(['session.detached', 'session.lost', 'alert.opened', 'incident.opened']);
    expect(fleet.open('session_lost')).toMatchObject({
      agents: ['ana'],
      resources: ['task:a', 'task:b'],
      text: 'The process of ana ended without a word while it held task:a and task:b: process 7 is gone.',
    });
  });

  it('session_lost: names some of very many leases, and counts them all', () => {
    const fleet = new WatchedFleet(['ana']);
    attached(fleet, 'ana');
    for (let i = 0; i < 70; i += 1) fleet.acquire('ana', [`task:${i}`]);
    const ask = { sessionId: 's-ana', attachmentId: 'p-ana', cause: 'dead', evidence: '' } as const;
    fleet.system({ op: 'detach', ...ask });
    expect(fleet.open('session_lost')).toMatchObject({
      text: 'The process of ana ended without a word while it held task:0, task:1, task:2 and 67 more.',
      evidence: { leases: 70 },
      resources: { length: 32 },
    });
  });

  it('session_lost: is not told of a session that held nothing, nor of one that was closed', () => {
    const fleet = new WatchedFleet(['ana', 'bo']);
    attached(fleet, 'ana');
    expect(dies(fleet, 'ana').map(({ type }) => type)).not.toContain('alert.opened');
    fleet.acquire('bo', ['task:b']);
    const { groups } = fleet.says('bo', { op: 'close_session', why: 'done' });
    expect(groups.flat().map(({ type }) => type)).not.toContain('alert.opened');
  });

  it('identity_collision: is told when the id of an agent at work is asked for, and not for a look-alike', () => {
    const fleet = new WatchedFleet(['ana']);
    const ask = (agentId: string, freshSessionId: string, freshHandleHash: string) =>
      registration(agentId, { client: 'codex', onTaken: 'sibling', freshSessionId, freshHandleHash });
    fleet.system(ask('ana', 's2', 'h'));
    expect(fleet.open('identity_collision')).toMatchObject({
      subject: 'ana',
      agents: ['ana', 'ana_2'],
      incident: null,
    });
    fleet.system(ask('an-a', 's3', 'h3'));
    expect(fleet.state.alerts.size).toBe(1);
  });

  it.each([
    ['codex', 'A codex'],
    ['aider', 'An aider'],
    ['mcp-inspector', 'An mcp-inspector'],
  ])('identity_collision: says who asked, %s', (client, who) => {
    const fleet = new WatchedFleet(['ana']);
    fleet.system(registration('ana', { client, onTaken: 'sibling', freshSessionId: 's2', freshHandleHash: 'h' }));
    const since = fleet.state.sessions.get('s-ana')?.openedWallAt ?? '';
    expect(fleet.open('identity_collision').text).toBe(
      `${who} asked to be ana, who is at work (test, since ${since}); it is ana_2 now.`,
    );
  });

  it('lease_bypassed: is told of a commit over a lease, once for all its files, and to the holder', () => {
    const fleet = new WatchedFleet(['ana', 'bo']);
    fleet.acquire('ana', ['file:@w1/src/']);
    const token = fleet.token('ana', 'file:@w1/src/');
    const resources = ['file:@w1/src/a.ts', 'file:@w1/src/b.ts', 'file:@w1/c.ts'];
    const tool = 'git commit 1a2b3c4 (Bo)';
    const edit = { op: 'note_edits', resources, tool, label: null } as const;
    fleet.says('bo', { ...edit, via: 'hook' });
    fleet.system({ ...edit, via: 'watch' });
    expect(fleet.state.alerts.size).toBe(0);
    fleet.system({ ...edit, via: 'git', sessionId: 's-bo' });
    expect(fleet.open('lease_bypassed')).toMatchObject({
      subject: String(token),
      agents: ['bo', 'ana'],
      resources: ['file:@w1/src/a.ts', 'file:@w1/src/b.ts'],
      text: `bo (git commit 1a2b3c4 (Bo)) changed file:@w1/src/a.ts and file:@w1/src/b.ts beside the lease of ana (token ${token}).`,
    });
    const notice = fleet.state.notices.get('s-ana')?.notices.at(-1);
    expect(notice).toMatchObject({ kind: 'alert', resource: 'file:@w1/src/', token });
    expect(fleet.state.alerts.size).toBe(1);
  });

  it('lease_bypassed: is told of the holder itself never, of what was held then, and of a watch where the policy says so', () => {
    const fleet = new WatchedFleet(['ana'], { hooks: { git: { watch: 'alert' } } });
    fleet.acquire('ana', ['file:@w1/a']);
    const edit = { op: 'note_edits', resources: ['file:@w1/a'], tool: 'git commit', label: null } as const;
    fleet.system({ ...edit, via: 'git', sessionId: 's-ana' });
    fleet.system({ ...edit, via: 'git', beside: {} });
    expect(fleet.state.alerts.size).toBe(0);
    fleet.system({ ...edit, via: 'git', beside: { 'file:@w1/a': 3 } });
    expect(fleet.open('lease_bypassed').text).toContain('a lease that has ended since (token 3)');
    fleet.system({ ...edit, via: 'watch' });
    expect(fleet.state.alerts.size).toBe(2);
  });

  it('clock_trouble: is told when a place is anchored again, and not when it is new or was started anew', () => {
    const fleet = new WatchedFleet([]);
    const anchor = { op: 'anchor', placeId: 'p', host: 'kitchen', anchorAt: 0, anchorMonoMs: 0 } as const;
    fleet.system({ ...anchor, bootId: 'b1', why: 'this place is new to the log' });
    fleet.system({ ...anchor, bootId: 'b2', why: 'this place is new to the log' });
    expect(fleet.state.alerts.size).toBe(0);
    fleet.system({ ...anchor, bootId: 'b2', why: 'this place slept: 60000 ms count as 5000 ms' });
    expect(fleet.open('clock_trouble').text).toBe(
      'The clock of kitchen was read anew: this place slept: 60000 ms count as 5000 ms. Nothing expired by it.',
    );
    fleet.system({ op: 'report_clock_jump', placeId: 'q', host: 'cellar', jumpMs: -3_600_000 });
    expect([...fleet.state.alerts.rows()].at(-1)?.text).toContain('The wall clock of cellar went 1h00m back');
  });

  it('store_trouble: is told by whoever writes again, critical, once for all who report it', () => {
    const fleet = new WatchedFleet([]);
    const report = {
      op: 'report_store_trouble',
      code: 'STORE_UNAVAILABLE',
      message: 'The disk is full.',
      lastedMs: 42_000,
    } as const;
    expect(fleet.system({ ...report, host: 'kitchen' }).answer).toMatchObject({ changed: true });
    expect(fleet.system({ ...report, host: 'cellar' }).answer).toMatchObject({ changed: false });
    expect(fleet.open('store_trouble')).toMatchObject({
      severity: 'critical',
      text: 'The log could not be written from kitchen for 42s (STORE_UNAVAILABLE): The disk is full.',
    });
  });

  it('is reported by nobody but a coordinator', () => {
    const fleet = new WatchedFleet(['ana']);
    for (const ask of [
      { op: 'report_clock_jump', placeId: 'q', host: 'c', jumpMs: 9_000 },
      { op: 'report_store_trouble', code: 'X', message: '', lastedMs: 1, host: 'c' },
      { op: 'watch' },
    ] as const)
      expect(fleet.says('ana', ask).answer).toMatchObject({ category: 'denied' });
  });
});

describe('a rest of granting', () => {
  it('is told with what broke, and over when an operator lets it go on', () => {
    const fleet = new WatchedFleet([]);
    fleet.system({ op: 'report_break', invariant: 'one_holder', detail: 'two of them' });
    expect(fleet.open('invariant_broken')).toMatchObject({ severity: 'critical', incident: 1 });
    expect(fleet.looks(1)).toEqual([]);
    const { groups } = fleet.operator({ op: 'resume_granting', reason: 'looked at' });
    expect(groups.flat().map(({ type }) => type)).toEqual(['granting.resumed', 'alert.closed']);
  });
});

describe('bounds', () => {
  it('opens no more than there may be, breaks nothing, and goes on when some have closed', () => {
    const many = Array.from({ length: LIMITS.alertsOpen + 5 }, (_, i) => `a${i}`);
    const fleet = new WatchedFleet(many);
    for (const agentId of many) fleet.operator({ op: 'pause', agentId, reason: 'lunch' });
    expect(fleet.state.alerts.countIn('open', 'open')).toBe(LIMITS.alertsOpen);
    expect(alertChanges(fleet.state, 1).open).toEqual([]);
    expect(fleet.looks(1)).toEqual([]);
    fleet.operator({ op: 'resume', agentId: 'a0', reason: 'back' });
    expect(fleet.looks(2)).toEqual(['+paused_agent']);
  });

  it('tells a few at a time, the rest with the next looks', () => {
    const waiters = Array.from({ length: 100 }, (_, i) => `w${i}`);
    const fleet = new WatchedFleet(['ana', ...waiters], only({ starvationMs: 60_000 }));
    for (const [i, agent] of waiters.entries()) {
      fleet.acquire('ana', [`task:${i}`]);
      fleet.acquire(agent, [`task:${i}`], { waitMs: WAIT_MS });
    }
    expect([fleet.looks(60_001), fleet.looks(60_500)].map((told) => told.length)).toEqual([64, 36]);
  });

  it('leaves untold what a group has no room for, and breaks nothing', () => {
    const moment = { at: 0, wallAt: '2025-11-19T23:25:00.000Z' };
    const groupAfter = (before: number): readonly FleetEvent[] => {
      const { state } = new WatchedFleet(['ana']);
      const ledger = new Ledger(state, moment, 'brigade', '', raiseFrom);
      ledger.group(() => {
        for (let i = 0; i < before; i += 1) ledger.emit({ type: 'drill.marked', label: 'x', note: '' });
        const pause = { by: 'operator', was: 'active', reason: 'lunch', reasons: [], leases: 'keep' } as const;
        ledger.emit({ type: 'agent.paused', agentId: 'ana', ...pause });
      });
      return ledger.groups.flat();
    };
    expect(groupAfter(LIMITS.groupEvents - 4).at(-1)).toMatchObject({ type: 'alert.opened' });
    expect(groupAfter(LIMITS.groupEvents - 3).at(-1)).toMatchObject({ type: 'agent.paused' });
    expect(groupAfter(LIMITS.groupEvents - 1)).toHaveLength(LIMITS.groupEvents);
  });

  it('forgets the oldest that have closed, and keeps those that are open', () => {
    const fleet = new AlertedFleet();
    const first = fleet.raise('stays');
    const { state } = fleet;
    const head = { at: 0, wallAt: '', version: 1, actor: 'brigade' };
    const cause = {
      code: 'contention',
      severity: 'warning',
      agents: [],
      resources: [],
      text: '',
      next: '',
      evidence: {},
    };
    for (let i = 0; i < LIMITS.alertsKept + 3; i += 1) {
      const { seq } = state.position;
      apply(state, { ...head, ...cause, seq: seq + 1, type: 'alert.opened', subject: `s${i}` } as FleetEvent);
      const closed = { type: 'alert.closed', alert: seq + 1, code: 'contention', why: '' };
      apply(state, { ...head, ...closed, seq: seq + 2 } as FleetEvent);
    }
    expect(state.alerts.size).toBe(LIMITS.alertsKept);
    expect(Array.from(state.alerts.rows(), ({ alert }) => alert).slice(0, 2)).toEqual([first, first + 10]);
  });
});

describe('an alert whose end nobody told', () => {
  /** Raised as an event would have it; a look closes it, now or once it may. */
  function closedBy(code: AlertCode, subject: string, prepare: (fleet: AlertedFleet) => void = () => undefined) {
    const fleet = new AlertedFleet();
    fleet.join('ana');
    prepare(fleet);
    const alert = fleet.raise(subject, { code, agents: ['ana'] });
    fleet.atMs += A.closeAfterMs;
    fleet.system({ op: 'watch' });
    return fleet.state.alerts.get(String(alert))?.closed?.why;
  }
  const breaks = (fleet: AlertedFleet): void =>
    void fleet.system({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });

  it.each<readonly [AlertCode, string, string]>([
    ['paused_agent', 'ana', 'ana is active.'],
    ['paused_agent', 'zed', 'zed is unknown.'],
    ['offer_lapses', 't1', 'The wait has ended.'],
    ['starvation', 't1', 'The wait has ended.'],
    ['silent_holder', '7', 'The lease has ended.'],
    ['suspected_deadlock', 'ana bo', 'They no longer ask each other in vain.'],
    ['log_regressed', 'fleet', 'Granting goes on.'],
  ])('is over with the next look: %s of %s', (code, subject, why) => {
    expect(closedBy(code, subject)).toBe(why);
  });

  it('is over where granting rests for another reason, and not where it rests for this one', () => {
    expect(closedBy('log_regressed', 'fleet', breaks)).toBe('Granting rests for another reason now.');
    expect(closedBy('invariant_broken', 'earlier', breaks)).toBeUndefined();
  });

  it('is over in part where very many are: the rest with the next looks', () => {
    const fleet = new AlertedFleet();
    for (let i = 0; i < 300; i += 1) fleet.raise(`t${i}`, { code: 'offer_lapses' });
    fleet.system({ op: 'watch' });
    expect(fleet.state.alerts.countIn('open', 'open')).toBe(300 - 256);
    fleet.system({ op: 'watch' });
    expect(fleet.state.alerts.countIn('open', 'open')).toBe(0);
  });
});

describe('an alert about somebody who is not there', () => {
  it('tells those that are', () => {
    const fleet = new AlertedFleet();
    fleet.join('ana');
    fleet.raise('ana zed', { code: 'suspected_deadlock', agents: ['zed', 'ana'] });
    fleet.raise('t1', { code: 'offer_lapses', agents: ['zed'] });
    expect(Array.from(fleet.state.notices.rows(), ({ sessionId, notices }) => [sessionId, notices.length])).toEqual([
      ['s-ana', 1],
    ]);
  });
});

describe('an agent that came paused from another system', () => {
  it('is told of, with what is known', () => {
    const fleet = new WatchedFleet([]);
    const facts = { createdWallAt: null, tags: [], notes: '', record: {}, digest: 'd'.padEnd(64, '0') };
    fleet.operator({ op: 'import_agent', agentId: 'old', lifecycle: 'paused', source: 'agents.json', ...facts });
    expect(fleet.looks(500)).toEqual(['+paused_agent']);
    expect(fleet.open('paused_agent')).toMatchObject({ subject: 'old', text: containing('old was paused by ') });
  });
});

describe('raising', () => {
  it('finds what is open already, whoever asks', () => {
    const fleet = new AlertedFleet();
    const first = fleet.raise('a');
    expect(first).toBeGreaterThan(0);
    expect(fleet.raise('a')).toBe(0);
    expect(fleet.state.alerts.size).toBe(1);
  });
});

describe('the invariant of alerts', () => {
  it('sees a second open alert of one cause', () => {
    const fleet = new AlertedFleet();
    const alert = fleet.raise('a');
    const draft = forkState(fleet.state);
    const row = draft.alerts.get(String(alert)) as AlertRow;
    draft.alerts.set({ ...row, alert: alert + 1, toldSeq: alert + 1, incident: null });
    expect(checkDraft(fleet.state, draft)).toMatchObject({ invariant: 'one_alert' });
    expect(checkState(draft).map(({ invariant }) => invariant)).toContain('one_alert');
  });

  it('sees more of them than are kept', () => {
    const fleet = new AlertedFleet();
    const row = fleet.state.alerts.get(String(fleet.raise('a'))) as AlertRow;
    const closed = { at: 0, seq: 1, wallAt: '', why: '' };
    for (let i = 1; i <= LIMITS.alertsKept; i += 1)
      fleet.state.alerts.set({ ...row, alert: 1_000 + i, incident: null, closed });
    expect(checkState(fleet.state)).toContainEqual({ invariant: 'bounds', detail: 'alerts' });
  });

  it('sees one that was told after it had closed, or that says too much', () => {
    const fleet = new AlertedFleet();
    const alert = fleet.raise('a');
    const row = fleet.state.alerts.get(String(alert)) as AlertRow;
    for (const [flaw, invariant] of [
      [{ told: 0 }, 'one_alert'],
      [{ toldSeq: alert - 1 }, 'one_alert'],
      [{ agents: Array.from({ length: 33 }, (_, i) => `a${i}`) }, 'bounds'],
      [{ text: 'x'.repeat(3_000) }, 'bounds'],
    ] as const) {
      const draft = forkState(fleet.state);
      draft.alerts.set({ ...row, ...flaw });
      expect(checkDraft(fleet.state, draft)).toMatchObject({ invariant });
    }
  });
});

describe('a fleet at rest', () => {
  it('is not worth a look once its fleet is elsewhere, whoever waits in the log that is left', () => {
    const fleet = new WatchedFleet(['ana', 'bo']);
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:a'], { waitMs: 60_000 });
    expect(isWorthWatching(fleet.state, 0)).toBe(true);
    const { seq } = fleet.state.position;
    const head = { seq: seq + 1, at: 0, wallAt: '', version: 1, actor: 'operator:kim' } as const;
    apply(fleet.state, { ...head, type: 'fleet.moved', to: 'redis://h:6379#night' });
    expect(isWorthWatching(fleet.state, 0)).toBe(false);
  });

  it('is not worth a look', () => {
    const fleet = new WatchedFleet(['ana', 'bo']);
    fleet.acquire('ana', ['task:a']);
    expect(isWorthWatching(fleet.state, 0)).toBe(false);
    fleet.acquire('bo', ['task:a']);
    expect(isWorthWatching(fleet.state, LIMITS.retryEdgeMs - 1)).toBe(true);
    expect(isWorthWatching(fleet.state, LIMITS.retryEdgeMs)).toBe(false);
    fleet.acquire('bo', ['task:a'], { waitMs: 1_000 });
    expect(isWorthWatching(fleet.state, LIMITS.retryEdgeMs)).toBe(true);
  });
});
