// Causes of alerts that last: found by looking at the whole state, at a moment. Whoever watches over the fleet looks every half
// second (app/alert-watcher.ts) and has decided what it found; the decision looks again, so nothing is told that is not so.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { Ledger } from '../ledger.ts';
import type { AlertRow } from '../rows.ts';
import type { AlertCause } from './alert.ts';
import { close, raise } from './raise.ts';

export interface AlertChanges {
  readonly open: readonly AlertCause[];
  readonly close: readonly { readonly alert: AlertRow; readonly why: string }[];
}

/** What there should be an alert about and is none, and which open ones have lost their cause. */
export function alertChanges(_state: FleetState, _at: Instant): AlertChanges {
  return { open: [], close: [] };
}

/** Opens and closes alerts as the state at the ledger's moment demands. True when anything changed. */
export function settleAlerts(ledger: Ledger): boolean {
  const changes = alertChanges(ledger.state, ledger.at);
  for (const cause of changes.open) raise(ledger, cause);
  for (const { alert, why } of changes.close) close(ledger, alert, why);
  return changes.open.length + changes.close.length > 0;
}
