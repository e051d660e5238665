// Tokens that two sides of a forked log have given: each went on counting from where they parted.

import { apply } from '../apply.ts';
import type { FleetEvent } from '../event.ts';
import { emptyState } from '../fleet-state.ts';
import type { Moment } from '../instant.ts';
import { endLeasesInTurn } from '../lease/end.ts';
import { Ledger } from '../ledger.ts';

/**
 * Ends the leases of these tokens in an epoch that begins with the events of `start`: the lost log had forked, and the other
 * side gave the same numbers to somebody else. Who checks such a token could not tell its two holders apart, so neither keeps it.
 */
export function endTokensGivenTwice(
  start: readonly FleetEvent[],
  tokens: readonly number[],
  { at, wallAt }: Moment,
): readonly FleetEvent[] {
  if (tokens.length === 0) return [];
  const state = emptyState();
  for (const event of start) apply(state, event);
  const ledger = new Ledger(state, { at, wallAt }, 'brigade', start[0]?.requestId ?? '');
  const leases = tokens.flatMap((token) => state.leases.get(String(token)) ?? []);
  endLeasesInTurn(ledger, leases, { how: 'revoked', by: 'brigade', reason: GIVEN_TWICE });
  return ledger.groups.flat();
}

const GIVEN_TWICE = 'the log had forked, and this token may have been given to somebody else too';
