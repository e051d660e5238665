// What a dry run of an operator's act says is what the act logs right after, whatever the fleet is at.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { allFindings } from '../../src/core/diagnosis/diagnose.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import { foreseen } from '../../src/core/foreseen.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { presenceSeen } from '../../src/core/rescue/seen.ts';
import { CoreFleet } from '../support/core-fleet.ts';

type Act = Command extends infer C ? (C extends Command ? Omit<C, 'by' | 'requestId' | 'bodyHash'> : never) : never;

const AGENTS = ['ana', 'bo', 'cy'] as const;
const THINGS = ['task:stew', 'task:soup'] as const;
const agent = fc.constantFrom(...AGENTS, 'nobody');
const thing = fc.constantFrom(...THINGS, 'task:none');
/** Alerts are numbered by their events, incidents from 1: both are picked among those there are. */
const pick = fc.nat({ max: 2 });

const lifecycle = fc.record({
  op: fc.constantFrom('pause', 'resume', 'archive', 'restore', 'retire'),
  agentId: agent,
  reason: fc.constantFrom('because', 'as agreed', ''),
});
const pauses = fc.record({
  op: fc.constantFrom('pause', 'resume', 'restore'),
  agentId: fc.constantFrom('ana', 'bo'),
  reason: fc.constant('because'),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), agentId: fc.constantFrom(...AGENTS), thing }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(1, 150_000, 900_000) }),
  fc.record({ kind: fc.constant('lifecycle' as const), act: lifecycle }),
  fc.record({ kind: fc.constant('lifecycle' as const), act: pauses }),
  fc.record({ kind: fc.constant('revoke' as const), thing }),
  fc.record({
    kind: fc.constant('alert' as const),
    op: fc.constantFrom('acknowledge_alert', 'unacknowledge_alert', 'silence_alert'),
    pick,
    forMs: fc.constantFrom(0, 60_000, -1),
  }),
  fc.record({ kind: fc.constant('incident' as const), pick }),
  fc.record({ kind: fc.constant('message' as const), agentId: agent, about: fc.option(thing) }),
  fc.record({ kind: fc.constant('rescue' as const), pick }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function actOf({ state, atMs }: CoreFleet, asked: Step): Act | null {
  switch (asked.kind) {
    case 'lifecycle':
      return asked.act;
    case 'revoke':
      return { op: 'revoke', resource: asked.thing, token: null, reason: 'needed elsewhere' };
    case 'alert': {
      const { op, forMs } = asked;
      const alert = [...state.alerts.rows()][asked.pick]?.alert ?? 0;
      return op === 'silence_alert' ? { op, alert, forMs, note: '' } : { op, alert, note: 'seen' };
    }
    case 'incident':
      return { op: 'close_incident', incident: asked.pick, text: 'over' };
    case 'message':
      return {
        op: 'send_message',
        to: asked.agentId,
        kind: 'task',
        text: 'let go',
        replyTo: null,
        resource: asked.about,
      };
    case 'rescue': {
      const own = { store: null, desk: null };
      const findings = allFindings({ state, at: atMs, presence: presenceSeen(state, []), own });
      return { op: 'rescue', finding: findings[asked.pick]?.id ?? 'none', reason: 'it is needed', seen: [] };
    }
    default:
      return null;
  }
}

function kitchen(): CoreFleet {
  const fleet = new CoreFleet();
  for (const agentId of AGENTS) fleet.join(agentId);
  fleet.acquire('ana', [THINGS[0]]);
  fleet.acquire('bo', [THINGS[0]], { waitMs: 600_000 });
  return fleet;
}

/** What the act is answered without, once it is done, and what it logged. */
function tryAct(fleet: CoreFleet, act: Act): readonly FleetEvent[] {
  fleet.settle();
  const before = JSON.stringify(exportState(fleet.state));
  const dry = fleet.operator({ ...act, dryRun: true });
  expect(dry.groups).toEqual([]);
  expect(JSON.stringify(exportState(fleet.state))).toBe(before);
  const done = fleet.operator(act);
  const logged = done.groups.flat();
  const told = isRejection(done.answer) ? done.answer : { ...done.answer, foreseen: foreseen(logged) };
  expect(dry.answer).toEqual(told);
  return logged;
}

describe('a dry run of an operator’s act', () => {
  it('says what the act then does, and changes nothing', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 16, maxLength: 32 }), (steps) => {
        const fleet = kitchen();
        for (const asked of steps) {
          if (asked.kind === 'take') fleet.acquire(asked.agentId, [asked.thing], { waitMs: 60_000 });
          if (asked.kind === 'time') {
            fleet.atMs += asked.ms;
            fleet.system({ op: 'watch' });
          }
          const act = actOf(fleet, asked);
          if (act !== null && tryAct(fleet, act).length > 0) seen.add(act.op);
        }
      }),
      { numRuns: 200, seed: 7 },
    );
    const acts = ['pause', 'resume', 'archive', 'restore', 'retire', 'revoke', 'rescue', 'send_message'];
    const words = ['acknowledge_alert', 'unacknowledge_alert', 'silence_alert', 'close_incident'];
    expect([...seen].toSorted()).toEqual([...acts, ...words].toSorted());
  });

  it('leaves out what was due before it came', () => {
    const fleet = kitchen();
    fleet.atMs += 10_000_000;
    const act: Act = { op: 'pause', agentId: 'cy', reason: 'lunch' };
    const { answer } = fleet.operator({ ...act, dryRun: true });
    const logged = fleet.operator(act).groups.flat();
    const own = logged.findIndex(({ type }) => type === 'agent.paused');
    expect(own).toBeGreaterThan(0);
    expect(answer).toMatchObject({ foreseen: foreseen(logged.slice(own)) });
  });

  it('tells the first hundred events, and how many more there are', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    const many = Array.from({ length: 120 }, (_, i) => `task:t${i}`);
    fleet.acquire('ana', many);
    const { answer } = fleet.operator({ op: 'archive', agentId: 'ana', reason: 'gone', dryRun: true });
    const told = isRejection(answer) ? undefined : answer.foreseen;
    expect(told?.events).toHaveLength(100);
    const logged = fleet.operator({ op: 'archive', agentId: 'ana', reason: 'gone' }).groups.flat();
    expect(told?.leftOut).toBe(logged.length - 100);
    expect(told?.leftOut).toBeGreaterThan(20);
  });
});
