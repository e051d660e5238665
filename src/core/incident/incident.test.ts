// Which alerts are one incident, how long it lasts, and what its invariants would see.

import { describe, expect, it } from 'vitest';
import { AlertedFleet } from '../../../test/support/alerted-fleet.ts';
import { checkState } from '../invariants.ts';
import { LIMITS } from '../limits.ts';

function note(text = 'seen'): { readonly op: 'note_incident'; readonly incident: number; readonly text: string } {
  return { op: 'note_incident', incident: 1, text };
}

describe('an alert', () => {
  it('opens an incident of its own when it has nothing to do with what is open', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'], resources: ['task:one'] });
    fleet.raise('b', { agents: ['bo'], resources: ['task:two'] });
    expect(fleet.incidents.map(({ incident, title, earlier }) => [incident, title, earlier])).toEqual([
      [1, 'a is silent.', null],
      [2, 'b is silent.', null],
    ]);
  });

  it('joins the incident with which it shares an agent, and brings its own agents and resources', () => {
    const fleet = new AlertedFleet();
    const first = fleet.raise('a', { agents: ['ana'], resources: ['task:one'] });
    const second = fleet.raise('b', { code: 'deadlock', agents: ['bo', 'ana'], resources: ['task:two'] });
    const third = fleet.raise('c', { agents: ['cy'], resources: ['task:two'] });
    expect(fleet.incidents).toMatchObject([
      {
        alerts: [first, second, third],
        agents: ['ana', 'bo', 'cy'],
        resources: ['task:one', 'task:two'],
        severity: 'critical',
      },
    ]);
  });

  it.each([
    ['a file and its folder', 'file:@w1/src/a.ts', 'file:@w1/src/', 1],
    ['a glob and a file', 'file:@w1/src/**/*.ts', 'file:@w1/src/x/a.ts', 1],
    ['a path in all worktrees and a file of one', 'repo:src/a.ts', 'file:@w1/src/a.ts', 1],
    ['files of different worktrees', 'file:@w1/src/a.ts', 'file:@w2/src/a.ts', 2],
    ['names alike at their beginning', 'file:@w1/src/a.ts', 'file:@w1/src/a.tsx', 2],
  ])('shares what conflicts: %s', (_what, one, other, incidents) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const fleet = new AlertedFleet();
      fleet.raise('a', { agents: ['ana'], resources: [first] });
      fleet.raise('b', { agents: ['bo'], resources: [second] });
      expect(fleet.incidents).toHaveLength(incidents);
    }
  });

  it('that touches two open incidents joins the older, and each names the other', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'] });
    fleet.raise('b', { agents: ['bo'] });
    const joining = fleet.raise('c', { agents: ['bo', 'ana'] });
    expect(fleet.incidents.map(({ alerts, beside }) => [alerts.includes(joining), beside])).toEqual([
      [true, [2]],
      [false, [1]],
    ]);
  });

  it('about the whole fleet joins whatever is open', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'] });
    fleet.raise('log', { code: 'log_regressed' });
    expect(fleet.incidents).toHaveLength(1);
    fleet.raise('b', { agents: ['bo'] });
    expect(fleet.incidents).toHaveLength(2);
  });

  it('of a kind that needs nobody opens and joins nothing', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { code: 'contention', agents: ['ana'] });
    expect(fleet.incidents).toEqual([]);
  });

  it('beyond so many open incidents joins the newest', () => {
    const fleet = new AlertedFleet();
    for (let i = 0; i <= LIMITS.incidentsOpen; i += 1) fleet.raise(`s${i}`, { agents: [`a${i}`] });
    expect(fleet.incidents).toHaveLength(LIMITS.incidentsOpen);
    expect(fleet.incidents.at(-1)?.alerts).toHaveLength(2);
  });

  it('of an incident that is full opens the next, which names it', () => {
    const fleet = new AlertedFleet();
    for (let i = 0; i <= LIMITS.incidentParts; i += 1) fleet.raise(`s${i}`, { agents: ['ana'] });
    expect(fleet.incidents.map(({ alerts, earlier }) => [alerts.length, earlier])).toEqual([
      [LIMITS.incidentParts, null],
      [1, 1],
    ]);
    fleet.raise('one more', { agents: ['ana'] });
    expect(fleet.incidents.map(({ alerts }) => alerts.length)).toEqual([LIMITS.incidentParts, 2]);
    expect(checkState(fleet.state)).toEqual([]);
  });
});

describe('an incident', () => {
  it('is over when its alerts have been closed for five minutes, to the millisecond', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'] });
    fleet.raise('b', { agents: ['ana'] });
    fleet.over('a');
    expect(fleet.incident(1).quietSince).toBeNull();
    fleet.atMs = 1_000;
    fleet.over('b');
    expect(fleet.incident(1).quietSince).toBe(1_000);
    fleet.atMs += LIMITS.incidentQuietMs - 1;
    fleet.settle();
    expect(fleet.incident(1).closed).toBeNull();
    fleet.atMs += 1;
    fleet.settle();
    expect(fleet.incident(1).closed).toMatchObject({ at: fleet.atMs, how: 'quiet', by: 'brigade' });
    expect(checkState(fleet.state)).toEqual([]);
  });

  it('waits anew when an alert joins while it is quiet', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'] });
    fleet.over('a');
    fleet.atMs += LIMITS.incidentQuietMs - 1;
    fleet.raise('b', { agents: ['ana'] });
    fleet.atMs += LIMITS.incidentQuietMs;
    fleet.settle();
    expect(fleet.incident(1)).toMatchObject({ closed: null, quietSince: null });
    fleet.over('b');
    fleet.atMs += LIMITS.incidentQuietMs;
    fleet.settle();
    expect(fleet.incident(1).closed?.how).toBe('quiet');
  });

  it('is closed by an operator whatever is open, and what comes after opens one that names it', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'] });
    fleet.operator({ op: 'close_incident', incident: 1, text: 'known' });
    expect(fleet.incident(1).closed).toMatchObject({ how: 'operator', by: 'operator:root', text: 'known' });
    fleet.atMs += LIMITS.incidentEarlierMs;
    fleet.raise('b', { agents: ['ana'] });
    expect(fleet.incident(2).earlier).toBe(1);
    fleet.raise('c', { agents: ['bo'] });
    expect(fleet.incident(3).earlier).toBeNull();
    expect(checkState(fleet.state)).toEqual([]);
  });

  it('is not named by one that comes an hour later', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a', { agents: ['ana'] });
    fleet.operator({ op: 'close_incident', incident: 1, text: 'known' });
    fleet.atMs += LIMITS.incidentEarlierMs + 1;
    fleet.raise('b', { agents: ['ana'] });
    expect(fleet.incident(2).earlier).toBeNull();
  });

  it('keeps notes of agents and operators, also after its end, and says when there is no room', () => {
    const fleet = new AlertedFleet();
    fleet.join('ana');
    fleet.raise('a', { agents: ['ana'] });
    fleet.says('ana', note('I was asleep'));
    fleet.operator({ op: 'close_incident', incident: 1, text: 'known' });
    fleet.operator(note('her laptop was'));
    expect(fleet.incident(1).notes.map(({ by, text }) => [by, text])).toEqual([
      ['ana', 'I was asleep'],
      ['operator:root', 'her laptop was'],
    ]);
    for (let i = 2; i < LIMITS.incidentNotes; i += 1) fleet.operator(note());
    expect(fleet.operator(note()).answer).toMatchObject({ code: 'TOO_LARGE', details: { incident: 1 } });
    expect(fleet.incident(1).notes).toHaveLength(LIMITS.incidentNotes);
  });

  it('is over as well where one of its alerts has been forgotten', () => {
    const fleet = new AlertedFleet();
    const first = fleet.raise('a', { agents: ['ana'] });
    fleet.raise('b', { agents: ['ana'] });
    fleet.over('a');
    fleet.state.alerts.delete(String(first));
    fleet.over('b');
    expect(fleet.incident(1).quietSince).toBe(fleet.atMs);
  });

  it('is written about in words that fit', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a');
    const text = 'x'.repeat(LIMITS.textBytes + 1);
    const refusal = { code: 'TOO_LARGE', next: 'Say it in fewer words, or in several notes.' };
    expect(fleet.operator(note(text)).answer).toMatchObject(refusal);
    expect(fleet.operator({ op: 'close_incident', incident: 1, text }).answer).toMatchObject(refusal);
    expect(fleet.operator({ op: 'close_incident', incident: 1, text: '' }).answer).toMatchObject({
      code: 'INVALID_ARGUMENT',
      next: 'Say what you know.',
    });
    expect(fleet.incident(1)).toMatchObject({ notes: [], closed: null });
  });

  it('that is not known is refused, and so is an empty note', () => {
    const fleet = new AlertedFleet();
    expect(fleet.operator(note()).answer).toMatchObject({ code: 'UNKNOWN_INCIDENT', category: 'missing' });
    fleet.raise('a');
    expect(fleet.operator(note('')).answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(fleet.operator({ op: 'close_incident', incident: 7, text: 'x' }).answer).toMatchObject({
      code: 'UNKNOWN_INCIDENT',
    });
  });

  it('is closed by nobody but an operator, and once', () => {
    const fleet = new AlertedFleet();
    fleet.join('ana');
    fleet.raise('a');
    const closing = { op: 'close_incident', incident: 1, text: 'known' } as const;
    expect(fleet.says('ana', closing).answer).toMatchObject({ code: 'OPERATOR_REQUIRED' });
    expect(fleet.operator(closing).answer).toMatchObject({ changed: true });
    expect(fleet.operator(closing).answer).toMatchObject({ changed: false });
  });

  it('of long ago is forgotten, an open one never, and numbers go on', () => {
    const fleet = new AlertedFleet();
    fleet.raise('stays', { agents: ['stays'] });
    for (let i = 2; i <= LIMITS.incidentsKept + 3; i += 1) {
      fleet.raise(`s${i}`, { agents: [`a${i}`] });
      fleet.operator({ op: 'close_incident', incident: i, text: 'x' });
      fleet.over(`s${i}`);
    }
    expect(fleet.state.incidents.size).toBe(LIMITS.incidentsKept);
    expect(fleet.incidents.slice(0, 2).map(({ incident }) => incident)).toEqual([1, 5]);
    expect(fleet.incidents.at(-1)?.incident).toBe(LIMITS.incidentsKept + 3);
  });
});

describe('the invariants of incidents', () => {
  const opened = { type: 'incident.opened', alert: 1, title: 'x', earlier: null };

  it('see a number that does not follow the last', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a');
    expect(fleet.stepOf({ ...opened, incident: 2 })).toBeNull();
    expect(fleet.stepOf({ ...opened, incident: 1 })).toBe('incident_numbers');
    expect(fleet.stepOf({ ...opened, incident: 3 })).toBe('incident_numbers');
  });

  it('see one that closes by itself while an alert is open', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a');
    const closed = { type: 'incident.closed', incident: 1, text: '' };
    expect(fleet.stepOf({ ...closed, how: 'operator' })).toBeNull();
    expect(fleet.stepOf({ ...closed, how: 'quiet' })).toBe('incident_lasts');
    const row = fleet.incident(1);
    fleet.state.incidents.set({ ...row, quietSince: 0 });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'incident_lasts' }]);
    fleet.state.incidents.set({ ...row, closed: { at: 0, seq: 1, wallAt: '', by: 'brigade', how: 'quiet', text: '' } });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'incident_lasts' }]);
    fleet.state.incidents.set({ ...row, alerts: [], quietSince: 0 });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'incident_lasts' }]);
  });

  it('see one that is quiet and does not know, and nothing wrong with one that nobody knows any more', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a');
    fleet.over('a');
    fleet.state.incidents.set({ ...fleet.incident(1), quietSince: null });
    expect(checkState(fleet.state)).toMatchObject([
      { invariant: 'incident_lasts', detail: '1 is quiet and does not know' },
    ]);
    const unknown = { incident: 7, text: '' };
    expect(fleet.stepOf({ ...unknown, type: 'incident.closed', how: 'quiet' })).toBeNull();
    expect(fleet.stepOf({ ...unknown, type: 'incident.noted' })).toBeNull();
  });

  it('see an alert that its incident does not know', () => {
    const fleet = new AlertedFleet();
    const alert = fleet.raise('a');
    fleet.raise('b', { agents: ['bo'] });
    const row = fleet.state.alerts.get(String(alert));
    if (row === undefined) throw new Error('no alert');
    fleet.state.alerts.set({ ...row, incident: 2 });
    expect(checkState(fleet.state)).toMatchObject([
      { invariant: 'incident_lasts', detail: `2 knows nothing of ${alert}` },
    ]);
  });

  it('see more of them than are kept', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a');
    fleet.over('a');
    const row = { ...fleet.incident(1), alerts: [], agents: [], resources: [] };
    const closed = { at: 0, seq: 1, wallAt: '', by: 'brigade', how: 'quiet', text: '' } as const;
    for (let i = 2; i <= LIMITS.incidentsKept + 1; i += 1) fleet.state.incidents.set({ ...row, incident: i, closed });
    expect(checkState(fleet.state)).toContainEqual({ invariant: 'bounds', detail: 'incidents' });
  });

  it('see one that is larger than it may be', () => {
    const fleet = new AlertedFleet();
    fleet.raise('a');
    const agents = Array.from({ length: LIMITS.incidentParts + 1 }, (_, i) => `a${i}`);
    fleet.state.incidents.set({ ...fleet.incident(1), agents });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'bounds' }]);
  });
});
