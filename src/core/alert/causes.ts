// Causes of alerts that happen in one moment. They are told in the group of the events that are the cause, so no process that
// dies in between keeps them from being told.

import type { FleetEvent } from '../event.ts';
import type { Ledger } from '../ledger.ts';
import type { AlertCause } from './alert.ts';
import { raise } from './raise.ts';

/** Raises what `events`, a group about to be closed, give cause to. */
export function raiseFrom(ledger: Ledger, events: readonly FleetEvent[]): void {
  for (const event of events) {
    const cause = causeIn(ledger, event);
    if (cause !== null) raise(ledger, cause);
  }
}

function causeIn(_ledger: Ledger, event: FleetEvent): AlertCause | null {
  switch (event.type) {
    default:
      return null;
  }
}
