// A fact is never refused when it is folded, whatever the state it meets: it happened.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, factOf, type Head } from '../../test/support/every-fact.ts';
import { apply, canFold } from './apply.ts';
import type { EventType, FleetEvent } from './event.ts';
import { exportState, importState } from './fleet/state-image.ts';
import { emptyState, type FleetState, forkState, mergeState } from './fleet-state.ts';
import { react } from './react.ts';

const OF_ANA = { actor: 'ana', agentId: 'ana', sessionId: 's-ana' } as const;
const WHOLE = { ...OF_ANA, resource: 'task:oven', token: 1 } as const;

/** What a head may leave out: an event of nobody, of somebody, and about something. */
const HEADS: readonly Head[] = [{}, OF_ANA, WHOLE];

function founded(): FleetState {
  const state = emptyState();
  apply(state, factOf('fleet.founded', 1));
  return state;
}

/** Everything there is, as a snapshot has it. */
function imageOf(state: FleetState): string {
  return JSON.stringify(exportState(state));
}

/** Each folded into a draft of its own, as decisions are. */
function foldInDrafts(events: readonly FleetEvent[]): FleetState {
  const state = emptyState();
  for (const event of events) {
    const draft = forkState(state);
    apply(draft, event);
    // An epoch that starts takes the place of all that was: what it is folded into owns its tables.
    if (event.type === 'epoch.started') apply(state, event);
    else mergeState(state, draft);
  }
  return state;
}

function fold(events: readonly FleetEvent[]): FleetState {
  const state = emptyState();
  for (const event of events) apply(state, event);
  return state;
}

function eventsOf(types: readonly EventType[], head: Head): readonly FleetEvent[] {
  return types.map((type, n) => factOf(type, n + 1, head));
}

describe('every fact', () => {
  it.each(EVENT_TYPES)('%s is folded where nothing is known of what it names', (type) => {
    expect(canFold(type, 1)).toBe(true);
    for (const start of [emptyState, founded]) {
      for (const head of HEADS) {
        const state = start();
        const event = factOf(type, 2, head);
        apply(state, event);
        expect(state.position).toMatchObject({ seq: 2, at: 2 });
        expect(imageOf(importState(JSON.parse(imageOf(state))))).toBe(imageOf(state));
        expect(() => react(event)).not.toThrow();
      }
    }
  });

  it('is folded behind any others, and all who fold them come to the same', () => {
    const forward = EVENT_TYPES;
    for (const types of [forward, forward.toReversed(), [...forward, ...forward]]) {
      for (const head of HEADS) {
        const events = eventsOf(types, head);
        expect(imageOf(foldInDrafts(events))).toBe(imageOf(fold(events)));
      }
    }
    const anyOrder = fc.shuffledSubarray([...EVENT_TYPES, ...EVENT_TYPES]);
    fc.assert(
      fc.property(anyOrder, fc.constantFrom(...HEADS), (types, head) => {
        const events = eventsOf(types, head);
        expect(imageOf(foldInDrafts(events))).toBe(imageOf(fold(events)));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves to a request what it is known by, whatever the request led to', () => {
    for (const op of ['register', 'acquire', 'check_in', 'pause', 'rescue', 'revoke']) {
      for (const [scope, head] of [
        ['operator', {}],
        ['s-ana', OF_ANA],
        ['register', OF_ANA],
      ] as const) {
        const request = { id: 'r1', bodyHash: 'b', scope, op, kept: [1] };
        for (const type of EVENT_TYPES) {
          if (type === 'epoch.started') continue;
          const state = founded();
          apply(state, factOf('drill.marked', 2, { ...head, requestId: 'r1', request }));
          apply(state, factOf(type, 3, { ...head, requestId: 'r1' }));
          expect([...state.requests.rows()]).toMatchObject([{ requestId: 'r1', bodyHash: 'b', scope, op, seq: 2 }]);
        }
      }
    }
  });
});

describe('what this code does not know', () => {
  it('is not skipped', () => {
    const unknown = { ...factOf('drill.marked', 2), type: 'drill.unheard' } as unknown as FleetEvent;
    expect(() => apply(founded(), unknown)).toThrow('unknown event type drill.unheard at 2');
    expect([canFold('drill.unheard', 1), canFold('drill.marked', 2), canFold('drill.marked', 0.5)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
