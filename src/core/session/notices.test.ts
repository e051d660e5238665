// An offer lasts for seconds, and its notice until its agent calls again: what the agent then hears is what is true by then.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { LIMITS } from '../limits.ts';
import { noticesOf } from './notices.ts';

/** bo stands in line without a call, and it is its turn. */
function offered(): { readonly fleet: CoreFleet; readonly ticket: string } {
  const fleet = new CoreFleet();
  fleet.join('ana');
  fleet.join('bo');
  fleet.acquire('ana', ['task:stew']);
  fleet.acquire('bo', ['task:stew'], { waitMs: 1 });
  const ticket = [...fleet.state.tickets.rows()][0]?.ticket ?? '';
  fleet.atMs += 1_000;
  fleet.says('ana', { op: 'release', leases: 'all' });
  return { fleet, ticket };
}

function told({ state }: CoreFleet): readonly string[] {
  return noticesOf(state, 's-bo', 0).map(({ text }) => text);
}

function lapses(fleet: CoreFleet): void {
  fleet.atMs += LIMITS.claimMs;
  fleet.settle();
}

describe('the notice of an offer', () => {
  it('stands while the offer does, and says afterwards that it is over', () => {
    const { fleet, ticket } = offered();
    expect(told(fleet)).toEqual([`It is your turn for task:stew: claim it with ticket ${ticket} within 30 s.`]);
    lapses(fleet);
    expect(told(fleet)).toEqual([
      `It was your turn for task:stew; that offer is over. You keep your place: ask with ticket ${ticket} again.`,
    ]);
  });

  it('is left out once the wait has ended', () => {
    const { fleet, ticket } = offered();
    lapses(fleet);
    fleet.says('bo', { op: 'withdraw', ticket });
    expect(told(fleet).filter((text) => text.includes('your turn'))).toEqual([]);
  });

  it('is left out when it asked again, and only the newest one is told', () => {
    const { fleet, ticket } = offered();
    lapses(fleet);
    fleet.acquire('ana', ['task:stew']);
    fleet.says('bo', { op: 'await', ticket, waitMs: 1 });
    expect(told(fleet)).toEqual([]);
    fleet.atMs += 1_000;
    fleet.says('ana', { op: 'release', leases: 'all' });
    expect(told(fleet)).toEqual([`It is your turn for task:stew: claim it with ticket ${ticket} within 30 s.`]);
  });
});
