// What a forked log gave twice, from the moment a new epoch begins.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { apply } from '../apply.ts';
import { emptyState, type FleetState } from '../fleet-state.ts';
import { epochStarted, restAfterLoss } from './epoch.ts';
import { endTokensGivenTwice } from './given-twice.ts';

/** The fleet in a new epoch in which granting rests, and what is written there because of these tokens. */
function anew(known: FleetState, tokens: readonly number[]) {
  const moment = { at: 10, wallAt: '2025-11-19T23:25:00.000Z' };
  const point = { epoch: 0, seq: known.position.seq, hash: 'x' };
  const begin = { fleetId: 'f1', epoch: 1, lost: point, basis: point, why: 'the log was replaced', requestId: 'r' };
  const rest = { epoch: 1, until: 300_000, why: 'the log was replaced', requestId: 'r' };
  const start = [epochStarted(known, begin, moment), ...restAfterLoss(known, rest, moment)];
  const ended = endTokensGivenTwice(start, tokens, moment);
  const state = emptyState();
  for (const event of [...start, ...ended]) apply(state, event);
  return { state, ended, lastOfStart: start.at(-1)?.seq ?? 0 };
}

describe('tokens that were given twice', () => {
  it('hold for nobody any more; the other leases of the same agent stay, and the line stays due', () => {
    const fleet = new CoreFleet();
    for (const name of ['ana', 'bo']) fleet.join(name);
    fleet.acquire('ana', ['task:stew']);
    fleet.acquire('ana', ['task:soup']);
    fleet.acquire('bo', ['task:stew'], { waitMs: 60_000 });
    const [stew, soup] = [...fleet.state.leases.rows()].map(({ token }) => token);

    const { state, ended, lastOfStart } = anew(fleet.state, [stew ?? 0]);
    expect(ended.map(({ type, token }) => [type, token])).toEqual([
      ['lease.revoked', stew],
      ['line.unsettled', undefined],
    ]);
    expect(ended.map(({ seq }) => seq)).toEqual([lastOfStart + 1, lastOfStart + 2]);
    expect([...state.leases.rows()].map(({ token }) => token)).toEqual([soup]);
    expect(state.tickets.size).toBe(1);
  });

  it('are no fault of their holder: nothing of it counts towards a pause', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    fleet.acquire('ana', ['task:stew']);
    const [lease] = [...fleet.state.leases.rows()];
    const { state } = anew(fleet.state, [lease?.token ?? 0]);
    expect(state.leases.size).toBe(0);
    expect(state.conduct.get('ana')?.counts.revoked ?? 0).toBe(0);
  });

  it('are none, as a rule', () => {
    const fleet = new CoreFleet();
    fleet.join('ana');
    fleet.acquire('ana', ['task:stew']);
    expect(anew(fleet.state, []).ended).toEqual([]);
  });
});
