// Rescue without anybody who asks for it: where policy says so, what a silent holder keeps from others is taken back. A paused
// agent is not silent by its own doing, and what becomes of its leases is another setting.

import { lookAt } from '../diagnosis/facts.ts';
import { holderFindings } from '../diagnosis/holders.ts';
import type { FleetState } from '../fleet-state.ts';
import { fleetPolicy } from '../governance/policy.ts';
import type { Instant } from '../instant.ts';
import type { Ledger } from '../ledger.ts';
import { carryOut, type Rescue } from './carry-out.ts';

/** Rescues of one decision; what is left is found by the next look. */
const AT_ONCE = 16;

/** True while there is something that policy wants taken back. */
export function isRescueDue(state: FleetState, at: Instant): boolean {
  return due(state, at).length > 0;
}

/** Takes back what policy wants taken back. True when anything was. */
export function rescueByPolicy(ledger: Ledger): boolean {
  const found = due(ledger.state, ledger.at).slice(0, AT_ONCE);
  const reason = 'nothing was heard of it while somebody waited (silentHolder.revoke)';
  for (const each of found) carryOut(ledger, { ...each, named: null, reason, seen: [], by: 'policy', session: null });
  return found.length > 0;
}

/** Nothing is known of processes here: a stopped one is as silent as any other. */
function due(state: FleetState, at: Instant): readonly Pick<Rescue, 'finding' | 'action'>[] {
  const { revoke, afterMs } = fleetPolicy(state.fleet?.policy?.content ?? null).silentHolder;
  if (!revoke || !hasWaited(state, at - afterMs)) return [];
  const look = lookAt({ state, at, presence: () => 'unknown', own: { store: null, desk: null } });
  // What is only told is not proved yet.
  return holderFindings(look).flatMap((finding) => {
    const { code, action } = finding;
    return code === 'silent_holder' && action?.who === 'agent' ? [{ finding, action }] : [];
  });
}

/** Nobody is silent for longer than somebody waits; looking for that costs little. */
function hasWaited(state: FleetState, since: Instant): boolean {
  for (const { queuedAt } of state.tickets.rows()) if (queuedAt <= since) return true;
  return false;
}
