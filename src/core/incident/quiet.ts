// When an incident is over by itself: all its alerts are closed, and nothing new came for a while. It is due then, as the end
// of a lease is, so whichever coordinator decides next closes it and no watch over it is needed.

import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { IncidentRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';

/** The moment at which it is closed unless something happens; Infinity while an alert is open, and once it is closed. */
export function quietDeadline({ quietSince, closed }: IncidentRow): number {
  if (quietSince === null || closed !== null) return Number.POSITIVE_INFINITY;
  return quietSince + LIMITS.incidentQuietMs;
}

/** Closes the incidents that have been quiet for long enough. */
export function settleIncidents(ledger: Ledger, budget: { readonly isSpent: boolean }): void {
  for (const { incident } of Array.from(ledger.state.incidents.maybeDue(ledger.at))) {
    if (budget.isSpent) return;
    const row = ledger.state.incidents.get(String(incident));
    if (row === undefined || quietDeadline(row) > ledger.at) continue;
    const text = `All its alerts have been closed for ${durationText(LIMITS.incidentQuietMs)}.`;
    ledger.emit({ type: 'incident.closed', incident, how: 'quiet', text });
  }
}
