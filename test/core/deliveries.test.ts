// Who is told of an alert, in which order, how often it is tried, and who sends.

import { describe, expect, it } from 'vitest';
import type { AlertCause } from '../../src/core/alert/alert.ts';
import { close, openAlertOf, raise } from '../../src/core/alert/raise.ts';
import type { SettleDeliveriesCommand } from '../../src/core/command.ts';
import { RETRIES_MS } from '../../src/core/delivery/back-off.ts';
import { dueDeliveries, oldestAwaited } from '../../src/core/delivery/due.ts';
import { openDeliveries } from '../../src/core/delivery/open.ts';
import type { DeliveryTarget } from '../../src/core/delivery/target.ts';
import type { DeliveryWorker, EventType, FleetEvent, OpenedDelivery } from '../../src/core/event.ts';
import { mergeState } from '../../src/core/fleet-state.ts';
import { checkState, checkStep } from '../../src/core/invariants.ts';
import { Ledger } from '../../src/core/ledger.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { viewOf } from '../../src/core/view/view-of.ts';
import { CoreFleet } from '../support/core-fleet.ts';
import { tableSaying } from '../support/full-table.ts';

const ops: DeliveryTarget = { name: 'ops', kind: 'webhook', url: 'https://ops.example/alerts' };
const first: DeliveryWorker = { id: 'w1', placeId: 'p1', pid: 1, startTime: 's' };
const second: DeliveryWorker = { id: 'w2', placeId: 'p1', pid: 2, startTime: 's' };

function cause(subject: string, code: AlertCause['code'] = 'paused_agent'): AlertCause {
  return {
    code,
    subject,
    agents: [subject],
    resources: [],
    text: `${subject} stands still.`,
    next: 'Look.',
    evidence: {},
  };
}

function toldIn(events: readonly FleetEvent[]): readonly OpenedDelivery[] {
  return events.flatMap((event) => (event.type === 'delivery.opened' ? event.opened : []));
}

class Kitchen extends CoreFleet {
  constructor(...deliver: readonly DeliveryTarget[]) {
    super({ alerts: { deliver } });
  }

  /** Decides as a command would, with what every group brings with it. */
  tell(write: (ledger: Ledger) => void): readonly FleetEvent[] {
    const moment = { at: this.atMs, wallAt: '2025-11-19T23:25:00.000Z' };
    const ledger = new Ledger(this.state, moment, 'brigade', '', openDeliveries);
    write(ledger);
    mergeState(this.state, ledger.state);
    return ledger.groups.flat();
  }

  raise(subject: string, code?: AlertCause['code']): readonly FleetEvent[] {
    return this.tell((ledger) => void raise(ledger, cause(subject, code)));
  }

  close(subject: string, code: AlertCause['code'] = 'paused_agent'): readonly FleetEvent[] {
    return this.tell((ledger) => {
      const row = openAlertOf(ledger, { code, subject });
      if (row !== null) close(ledger, row, 'it is over');
    });
  }

  repeat(subject: string, severity: 'warning' | 'critical'): readonly FleetEvent[] {
    return this.tell((ledger) => {
      const row = openAlertOf(ledger, { code: 'paused_agent', subject });
      if (row === null) return;
      const { alert, agents, resources, text, evidence } = row;
      ledger.emit({ type: 'alert.repeated', alert, severity, agents, resources, text, evidence });
    });
  }

  ready(target = 'ops'): readonly number[] {
    return dueDeliveries(this.state, target, this.atMs).ready.map(({ message }) => message);
  }

  claim(worker: DeliveryWorker, ask: { readonly gone?: string; readonly release?: boolean } = {}): boolean {
    const { answer } = this.system({
      op: 'claim_delivery',
      target: 'ops',
      worker,
      gone: ask.gone ?? null,
      release: ask.release === true,
    });
    return 'changed' in answer && answer.changed;
  }

  report(
    message: number,
    result: SettleDeliveriesCommand['outcomes'][number]['result'],
    ask: { readonly worker?: string; readonly retryAfterMs?: number } = {},
  ): readonly EventType[] {
    const outcome = { message, result, detail: 'it answered 500', retryAfterMs: ask.retryAfterMs ?? null, jitter: 0 };
    const worker = ask.worker ?? first.id;
    const { groups } = this.system({ op: 'settle_deliveries', target: 'ops', worker, outcomes: [outcome] });
    return groups.flat().map(({ type }) => type);
  }
}

describe('who is told', () => {
  it('every target that wants it, in the group of the alert', () => {
    const kitchen = new Kitchen(
      ops,
      { name: 'pager', kind: 'desktop', minSeverity: 'critical' },
      { name: 'locks', kind: 'desktop', codes: ['deadlock'] },
    );
    const events = kitchen.raise('ana');
    const [alert] = events;
    expect(toldIn(events)).toMatchObject([{ message: alert?.seq, subject: `alert ${alert?.seq}`, targets: ['ops'] }]);
    expect(toldIn(kitchen.raise('bo', 'deadlock'))).toMatchObject([
      { targets: ['ops', 'locks'] },
      { targets: ['ops', 'locks'] },
    ]);
  });

  it('nobody, and no event more, where the policy names no target', () => {
    expect(new Kitchen().raise('ana').map(({ type }) => type)).toEqual(['alert.opened']);
  });

  it('an incident too, as grave as the alert that it began with', () => {
    const kitchen = new Kitchen({ ...ops, minSeverity: 'critical' });
    expect(kitchen.raise('ana', 'deadlock').map(({ type }) => type)).toEqual(['alert.opened', 'incident.opened']);
    const told = toldIn(kitchen.raise('bo', 'starvation'));
    expect(told.map(({ subject }) => subject.split(' ')[0])).toEqual(['alert', 'incident']);
  });

  it('whoever hears of it first when it has become graver, and then of its end', () => {
    const kitchen = new Kitchen({ ...ops, minSeverity: 'critical' });
    expect(kitchen.raise('ana')).toHaveLength(1);
    expect(toldIn(kitchen.repeat('ana', 'critical'))).toMatchObject([{ targets: ['ops'] }]);
    expect(toldIn(kitchen.close('ana'))).toMatchObject([{ isLast: true, targets: ['ops'] }]);
    expect(kitchen.state.tellings.size).toBe(0);
  });

  it('of its end only who had heard of it', () => {
    const kitchen = new Kitchen(ops, { name: 'pager', kind: 'desktop', minSeverity: 'critical' });
    kitchen.raise('ana');
    expect(toldIn(kitchen.close('ana'))).toMatchObject([{ isLast: true, targets: ['ops'] }]);
  });

  it('nobody of the end of what it was not told', () => {
    const kitchen = new Kitchen({ ...ops, minSeverity: 'critical' });
    kitchen.raise('ana');
    expect(kitchen.close('ana').map(({ type }) => type)).toEqual(['alert.closed']);
  });

  it('nobody while it is silenced, but of its end whoever had heard of it', () => {
    const kitchen = new Kitchen(ops);
    const [alert] = kitchen.raise('ana');
    kitchen.tell((ledger) =>
      ledger.emit({ type: 'alert.silenced', alert: alert?.seq ?? 0, until: kitchen.atMs + 60_000, note: '' }),
    );
    expect(kitchen.repeat('ana', 'warning').map(({ type }) => type)).toEqual(['alert.repeated']);
    expect(kitchen.close('ana').map(({ type }) => type)).toEqual(['alert.closed', 'delivery.opened']);
  });

  it('a target that the policy no longer names is forgotten with all that waits for it', () => {
    const kitchen = new Kitchen(ops);
    kitchen.raise('ana');
    kitchen.claim(first);
    kitchen.tell((ledger) => ledger.emit({ type: 'policy.adopted', policy: {}, diff: [], reason: '' }));
    const { deliveries, targets, tellings } = kitchen.state;
    expect([deliveries.size, targets.size, tellings.size]).toEqual([0, 0, 0]);
  });

  it('only whom the policy still names, of what began before', () => {
    const pager: DeliveryTarget = { name: 'pager', kind: 'desktop' };
    const kitchen = new Kitchen(ops, pager);
    kitchen.raise('ana');
    const policy = { alerts: { deliver: [pager] } };
    kitchen.tell((ledger) => ledger.emit({ type: 'policy.adopted', policy, diff: [], reason: '' }));
    expect([...kitchen.state.deliveries.rows()].map(({ target }) => target)).toEqual(['pager']);
    expect(toldIn(kitchen.close('ana'))).toMatchObject([{ isLast: true, targets: ['pager'] }]);
  });

  it('of the end also whom a policy names still that names others besides', () => {
    const kitchen = new Kitchen(ops);
    kitchen.raise('ana');
    const policy = { alerts: { deliver: [ops, { name: 'pager', kind: 'desktop' }] } } as const;
    kitchen.tell((ledger) => ledger.emit({ type: 'policy.adopted', policy, diff: [], reason: '' }));
    expect(toldIn(kitchen.close('ana'))).toMatchObject([{ isLast: true, targets: ['ops'] }]);
  });

  it('of an incident that nobody knows the cause of, nobody; of the end of one, who heard that it began', () => {
    const kitchen = new Kitchen(ops);
    const opened = { type: 'incident.opened', incident: 9, alert: 900, title: 'so', earlier: null } as const;
    expect(toldIn(kitchen.tell((ledger) => ledger.emit(opened)))).toEqual([]);
    kitchen.raise('bo', 'deadlock');
    const [incident] = [...kitchen.state.incidents.rows()].filter(({ alerts }) => alerts.length > 0);
    const closed = { type: 'incident.closed', incident: incident?.incident ?? 0, how: 'operator', text: '' } as const;
    expect(toldIn(kitchen.tell((ledger) => ledger.emit(closed)))).toMatchObject([
      { subject: `incident ${incident?.incident}`, isLast: true, targets: ['ops'] },
    ]);
  });

  it('a target of which too many were given up loses the oldest of them', () => {
    const kitchen = new Kitchen(ops);
    const told = { subject: 'alert 1', code: 'deadlock', severity: 'warning', targets: [], isLast: false } as const;
    const giveUp = (message: number): void =>
      void kitchen.tell((ledger) =>
        ledger.emit({ type: 'delivery.opened', opened: [{ ...told, message, full: ['ops'] }] }),
      );
    const most = LIMITS.deadPerTarget;
    for (let message = most; message > 0; message -= 1) giveUp(message);
    giveUp(most + 1);
    const kept = [...kitchen.state.deliveries.in('dead', 'ops')].map(({ message }) => message);
    expect([kept.length, Math.min(...kept)]).toEqual([most, 2]);
  });

  it('who was told of what longest ago is forgotten where that is too much, so that its end is told to nobody', () => {
    const kitchen = new Kitchen(ops);
    const told = { code: 'deadlock', severity: 'warning', targets: ['ops'], full: [], isLast: false } as const;
    const opened = Array.from({ length: LIMITS.tellings + 1 }, (_, n) => ({
      ...told,
      message: n,
      subject: `alert ${n}`,
    }));
    kitchen.tell((ledger) => {
      for (const one of opened) ledger.emit({ type: 'delivery.opened', opened: [one] });
    });
    const { tellings } = kitchen.state;
    expect(tellings.size).toBe(LIMITS.tellings);
    expect([tellings.get('alert 0'), tellings.get('alert 1')]).toMatchObject([undefined, { targets: ['ops'] }]);
  });

  it('a target that has too many messages waiting gets no more of them, and people see which', () => {
    const kitchen = new Kitchen(ops);
    kitchen.raise('ana');
    for (let i = 1; i < LIMITS.deliveriesPerTarget; i += 1) kitchen.repeat('ana', 'warning');
    expect(toldIn(kitchen.repeat('ana', 'warning'))).toMatchObject([{ targets: [], full: ['ops'] }]);
    expect(kitchen.state.deliveries.countIn('open', 'ops')).toBe(LIMITS.deliveriesPerTarget);
    expect(kitchen.state.deliveries.countIn('dead', 'ops')).toBe(1);
  });
});

describe('the order', () => {
  it('is that of the log within an alert, and alerts do not wait for each other', () => {
    const kitchen = new Kitchen(ops);
    const [ana] = kitchen.raise('ana');
    const closed = kitchen.close('ana')[0]?.seq ?? 0;
    const [bo] = kitchen.raise('bo');
    expect(kitchen.ready()).toEqual([ana?.seq, bo?.seq]);
    kitchen.claim(first);
    kitchen.report(ana?.seq ?? 0, 'failed');
    expect(kitchen.ready()).toEqual([bo?.seq]);
    kitchen.atMs += 5_000;
    kitchen.report(ana?.seq ?? 0, 'delivered');
    expect(kitchen.ready()).toEqual([closed, bo?.seq]);
  });

  it('goes on behind a message that was given up', () => {
    const kitchen = new Kitchen({ ...ops, retriesMs: [] });
    const [ana] = kitchen.raise('ana');
    const closed = kitchen.close('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    expect(kitchen.report(ana?.seq ?? 0, 'failed')).toEqual(['delivery.dead']);
    expect(kitchen.ready()).toEqual([closed]);
  });
});

describe('what failed', () => {
  it('is tried again later each time, and is given up after the last one', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    for (const delayMs of RETRIES_MS) {
      expect(kitchen.report(message, 'failed')).toEqual(['delivery.retrying']);
      expect(dueDeliveries(kitchen.state, 'ops', kitchen.atMs).nextAt).toBe(kitchen.atMs + delayMs);
      kitchen.atMs += delayMs;
      kitchen.claim(first);
    }
    expect(kitchen.report(message, 'failed')).toEqual(['delivery.dead']);
    expect(kitchen.ready()).toEqual([]);
  });

  it('is tried later still where the receiver asks for it, within a bound', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    kitchen.report(message, 'failed', { retryAfterMs: 90_000 });
    expect(dueDeliveries(kitchen.state, 'ops', kitchen.atMs).nextAt).toBe(kitchen.atMs + 90_000);
    kitchen.report(message, 'failed', { retryAfterMs: 10 * LIMITS.retryAfterMaxMs });
    expect(dueDeliveries(kitchen.state, 'ops', kitchen.atMs).nextAt).toBe(kitchen.atMs + LIMITS.retryAfterMaxMs);
  });

  it('counts once: a sender that has lost the work says nothing of failures, but what it delivered is delivered', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(second);
    expect(kitchen.report(message, 'failed')).toEqual([]);
    expect(kitchen.report(message, 'delivered')).toEqual(['delivery.done']);
    expect(kitchen.report(message, 'delivered', { worker: second.id })).toEqual([]);
  });

  it('keeps its event in the log while it waits, for a bounded time, and not once it was delivered or given up', () => {
    const kitchen = new Kitchen(ops);
    const [first1, second1] = ['ana', 'bo'].map((name) => kitchen.raise(name)[0]?.seq ?? 0);
    const awaited = (): number | null => oldestAwaited(kitchen.state, kitchen.atMs);
    expect(awaited()).toBe(first1);
    kitchen.claim(first);
    kitchen.report(first1 ?? 0, 'gone');
    expect(awaited()).toBe(second1);
    kitchen.atMs += LIMITS.awaitedEventMs - 1;
    expect(awaited()).toBe(second1);
    kitchen.atMs += 1;
    expect(awaited()).toBeNull();
  });

  it('is given up at once where the log no longer has what was to be told', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    expect(kitchen.report(message, 'lost')).toEqual(['delivery.dead']);
    expect(kitchen.state.targets.get('ops')?.disabled).toBeNull();
  });

  it('comes back on an operator’s word, also of a receiver that had wanted nothing more', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    expect(kitchen.report(message, 'gone')).toEqual(['delivery.disabled', 'delivery.dead']);
    kitchen.atMs += LIMITS.deliveryClaimMs;
    expect(kitchen.claim(first)).toBe(false);
    kitchen.operator({ op: 'retry_deliveries', target: 'ops' });
    expect(kitchen.ready()).toEqual([message]);
    expect(kitchen.claim(first)).toBe(true);
    expect(kitchen.operator({ op: 'retry_deliveries', target: 'nobody' }).answer).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('what there is nothing to do about', () => {
  it('changes nothing: a target that the policy does not name, and one that waits for nothing', () => {
    const kitchen = new Kitchen(ops);
    const claim = { op: 'claim_delivery', target: 'old', worker: first, gone: null, release: false } as const;
    expect(kitchen.system(claim).answer).toMatchObject({ changed: false });
    const outcome = { message: 3, result: 'delivered', detail: '', retryAfterMs: null, jitter: 0 } as const;
    const settle = { op: 'settle_deliveries', target: 'old', worker: first.id, outcomes: [outcome] } as const;
    expect(kitchen.system(settle).answer).toMatchObject({ changed: false });
    expect(kitchen.operator({ op: 'retry_deliveries', target: 'ops' }).answer).toMatchObject({ changed: false });
  });

  it('is a failure of what was given up already', () => {
    const kitchen = new Kitchen({ ...ops, retriesMs: [] });
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    expect(kitchen.report(message, 'failed')).toEqual(['delivery.dead']);
    expect(kitchen.report(message, 'failed')).toEqual([]);
  });

  it('is not so with what waits for its next try, nor with a target that wanted nothing more', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    kitchen.claim(first);
    kitchen.report(message, 'failed');
    expect(kitchen.operator({ op: 'retry_deliveries', target: 'ops' }).answer).toMatchObject({ changed: true });
    expect(kitchen.ready()).toEqual([message]);
    kitchen.tell((ledger) => {
      ledger.emit({ type: 'delivery.done', target: 'ops', messages: [message] });
      ledger.emit({ type: 'delivery.disabled', target: 'ops', detail: 'it answered 410' });
    });
    expect(kitchen.operator({ op: 'retry_deliveries', target: 'ops' }).answer).toMatchObject({ changed: true });
    expect(kitchen.state.targets.get('ops')?.disabled).toBeNull();
  });
});

describe('the sender', () => {
  it('is one at a time: another one takes over when its time is over, when it is gone, or when it gives the work back', () => {
    const kitchen = new Kitchen(ops);
    expect([kitchen.claim(first), kitchen.claim(second)]).toEqual([true, false]);
    kitchen.atMs += LIMITS.deliveryClaimMs - 1;
    expect([kitchen.claim(first), kitchen.claim(second)]).toEqual([true, false]);
    kitchen.atMs += LIMITS.deliveryClaimMs;
    expect([kitchen.claim(second), kitchen.claim(first)]).toEqual([true, false]);
    expect([kitchen.claim(first, { gone: 'w9' }), kitchen.claim(first, { gone: second.id })]).toEqual([false, true]);
    expect([kitchen.claim(first, { release: true }), kitchen.claim(second)]).toEqual([true, true]);
    // What it does not have it cannot give back, and what is over needs no word.
    expect(kitchen.claim(first, { release: true })).toBe(false);
    kitchen.atMs += LIMITS.deliveryClaimMs;
    expect(kitchen.claim(second, { release: true })).toBe(false);
  });
});

describe('what is seen of a target', () => {
  const seen = (kitchen: Kitchen) => viewOf(kitchen.state, kitchen.atMs, () => 'alive', { kind: 'deliveries' });
  const wallAt = '2025-11-19T23:25:00.000Z';
  const detail = 'it answered 500';

  it('is nothing yet where it was told nothing, and never more of its address than the host', () => {
    const kitchen = new Kitchen(ops, { name: 'pager', kind: 'desktop', codes: ['deadlock'], minSeverity: 'critical' });
    const never = { waiting: 0, nextInMs: null, delivered: 0, dead: 0, sender: null, lastDeliveredAt: null };
    const fresh = { state: 'working', ...never, lastFault: null, disabled: null };
    expect(seen(kitchen)).toEqual({
      targets: [
        { name: 'ops', kind: 'webhook', host: 'https://ops.example', codes: null, minSeverity: 'info', ...fresh },
        { name: 'pager', kind: 'desktop', host: null, codes: ['deadlock'], minSeverity: 'critical', ...fresh },
      ],
      dead: [],
      deadLeftOut: 0,
    });
  });

  it('is who sends, until when the next try waits, and what went wrong last', () => {
    const kitchen = new Kitchen(ops);
    const message = kitchen.raise('ana')[0]?.seq ?? 0;
    expect(seen(kitchen).targets).toMatchObject([{ state: 'working', waiting: 1, nextInMs: 0, sender: null }]);
    kitchen.claim(first);
    kitchen.report(message, 'failed');
    kitchen.atMs += 1_000;
    expect(seen(kitchen).targets).toMatchObject([
      { state: 'failing', nextInMs: (RETRIES_MS[0] ?? 0) - 1_000, sender: { placeId: 'p1', pid: 1 } },
    ]);
    kitchen.atMs += LIMITS.deliveryClaimMs;
    expect(seen(kitchen).targets).toMatchObject([{ nextInMs: 0, sender: null, lastFault: { at: wallAt, detail } }]);
    kitchen.claim(second);
    kitchen.report(message, 'delivered', { worker: second.id });
    expect(seen(kitchen).targets).toMatchObject([
      { state: 'working', waiting: 0, delivered: 1, lastDeliveredAt: wallAt, lastFault: { at: wallAt, detail } },
    ]);
  });

  it('is that it wants nothing more, and what was given up, the newest first and not without end', () => {
    const kitchen = new Kitchen({ ...ops, retriesMs: [] });
    kitchen.claim(first);
    const messages = Array.from({ length: 52 }, (_, i) => kitchen.raise(`a${i}`)[0]?.seq ?? 0);
    for (const message of messages.slice(0, -1)) kitchen.report(message, 'failed');
    kitchen.report(messages.at(-1) ?? 0, 'gone');
    const { targets, dead, deadLeftOut } = seen(kitchen);
    expect(targets).toMatchObject([{ state: 'disabled', waiting: 0, dead: 52, disabled: { at: wallAt, detail } }]);
    expect([dead.length, deadLeftOut]).toEqual([50, 2]);
    expect(dead.map(({ number }) => number)).toEqual(messages.toReversed().slice(0, 50));
    const last = messages.at(-1);
    expect(dead[0]).toEqual({
      target: 'ops',
      number: last,
      subject: `alert ${last}`,
      code: 'paused_agent',
      attempts: 1,
      detail,
      at: wallAt,
    });
  });

  it('is also what could not even be kept, because too many messages waited', () => {
    const kitchen = new Kitchen(ops);
    kitchen.raise('ana');
    for (let i = 0; i < LIMITS.deliveriesPerTarget; i += 1) kitchen.repeat('ana', 'warning');
    expect(seen(kitchen).dead).toMatchObject([
      { attempts: 0, detail: `More than ${LIMITS.deliveriesPerTarget} messages waited for it.` },
    ]);
  });
});

describe('the rules of messages', () => {
  /** The rule that what `write` says breaks. */
  function brokenBy(kitchen: Kitchen, write: (ledger: Ledger) => void): readonly string[] {
    const events = new Ledger(kitchen.state, { at: kitchen.atMs, wallAt: '' }, 'brigade', '');
    write(events);
    return events.groups.flat().flatMap((event) => checkStep(kitchen.state, event, events.state)?.invariant ?? []);
  }

  it('see two senders, one of them unproved to be gone', () => {
    const kitchen = new Kitchen(ops);
    kitchen.claim(first);
    const claimed = { type: 'delivery.claimed', target: 'ops', until: kitchen.atMs + 1, instead: null } as const;
    expect(brokenBy(kitchen, (ledger) => ledger.emit({ ...claimed, worker: second }))).toEqual(['one_sender']);
    expect(brokenBy(kitchen, (ledger) => ledger.emit({ ...claimed, worker: second, instead: first.id }))).toEqual([]);
    expect(brokenBy(kitchen, (ledger) => ledger.emit({ ...claimed, worker: first }))).toEqual([]);
  });

  it('see a target told of what has not happened', () => {
    const kitchen = new Kitchen(ops);
    const told = { subject: 'alert 900', code: 'deadlock', severity: 'warning', targets: ['ops'] } as const;
    const opened = [{ ...told, message: 900, full: [], isLast: false }];
    expect(brokenBy(kitchen, (ledger) => ledger.emit({ type: 'delivery.opened', opened }))).toEqual(['told_what_was']);
    const known = opened.map((each) => ({ ...each, message: kitchen.state.position.seq }));
    expect(brokenBy(kitchen, (ledger) => ledger.emit({ type: 'delivery.opened', opened: known }))).toEqual([]);
  });

  it('see messages that wait for nobody', () => {
    const kitchen = new Kitchen(ops);
    kitchen.raise('ana');
    expect(checkState(kitchen.state)).toEqual([]);
    const [row] = kitchen.state.deliveries.rows();
    if (row !== undefined) kitchen.state.deliveries.set({ ...row, key: 'old_3', target: 'old' });
    expect(checkState(kitchen.state)).toMatchObject([{ invariant: 'target_is_named' }]);
  });

  it('see a sender of a target that nobody names, and none where one begins', () => {
    const kitchen = new Kitchen(ops);
    const claimed = { type: 'delivery.claimed', target: 'ops', worker: first, until: 1, instead: null } as const;
    expect(brokenBy(kitchen, (ledger) => ledger.emit(claimed))).toEqual([]);
    kitchen.tell((ledger) => ledger.emit({ ...claimed, target: 'old' }));
    expect(checkState(kitchen.state)).toMatchObject([{ invariant: 'target_is_named', detail: 'old' }]);
  });

  it('see more than there is room for: messages to one target, and who was told of what', () => {
    const kitchen = new Kitchen(ops);
    kitchen.raise('ana');
    kitchen.claim(first);
    const { state } = kitchen;
    const countIn = (): number => LIMITS.deadPerTarget + 1;
    const size = LIMITS.tellings + 1;
    const { deliveries, tellings } = state;
    expect(checkState({ ...state, deliveries: tableSaying(deliveries, { countIn }) })).toContainEqual({
      invariant: 'bounds',
      detail: 'messages to ops',
    });
    expect(checkState({ ...state, tellings: tableSaying(tellings, { size }) })).toContainEqual({
      invariant: 'bounds',
      detail: 'who was told of what',
    });
  });
});
