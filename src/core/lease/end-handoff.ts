// A handoff offer ends with its lease, however that ends.

import type { Ledger } from '../ledger.ts';
import type { LeaseRow } from '../rows.ts';

/** Ends the open offer on a lease that is about to end or be replaced. */
export function endHandoffOf(ledger: Ledger, lease: LeaseRow): void {
  const { offer, resource, token } = lease;
  if (offer === null || ledger.state.handoffs.get(offer) === undefined) return;
  ledger.emit({ type: 'handoff.ended', resource, token, offer, outcome: 'lease_ended' });
}
