// Opening, repeating and closing alerts, in the decision that finds the cause.
//
// One alert per cause, however many coordinators see it: whoever decides second finds it open. What an operator has silenced
// is not told again until the silence is over, not even when its alert has closed and the cause comes back: then there is
// no alert, and whoever looks when the silence is over opens one if the cause is still there.

import { gather } from '../incident/gather.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow } from '../rows.ts';
import { ALERTS, type AlertCause, causeKey } from './alert.ts';

/** Opens an alert about the cause, unless one is open. Answers its number; null where none was opened. */
export function raise(ledger: Ledger, cause: AlertCause): number | null {
  if (openAlertOf(ledger, cause) !== null || isSilenced(ledger, cause)) return null;
  if (roomForAlerts(ledger) === 0 || !ledger.fits(EVENTS_EACH, bytesOf(cause))) return null;
  return ledger.asBrigade(() =>
    ledger.group(() => {
      const { severity, isIncident } = ALERTS[cause.code];
      const { seq } = ledger.emit({ type: 'alert.opened', severity, ...cause });
      const row = ledger.state.alerts.get(String(seq));
      if (isIncident && row !== undefined) gather(ledger, row);
      return seq;
    }),
  );
}

/** Tells an open alert anew, with how it stands now. */
export function repeat(ledger: Ledger, { alert }: AlertRow, cause: AlertCause): void {
  if (!ledger.fits(EVENTS_EACH, bytesOf(cause))) return;
  const { severity } = ALERTS[cause.code];
  const { agents, resources, text, evidence } = cause;
  ledger.asBrigade(() => ledger.emit({ type: 'alert.repeated', alert, severity, agents, resources, text, evidence }));
}

export function close(ledger: Ledger, { alert, code }: AlertRow, why: string): void {
  ledger.asBrigade(() => ledger.emit({ type: 'alert.closed', alert, code, why }));
}

/** The open alert of this cause. */
export function openAlertOf(
  { state }: Pick<Ledger, 'state'>,
  cause: Pick<AlertCause, 'code' | 'subject'>,
): AlertRow | null {
  const [row] = state.alerts.in('cause', causeKey(cause));
  return row ?? null;
}

/** An operator wants to hear nothing of this cause for now, whether or not its alert is still open. */
export function isSilenced(
  { state, at }: Pick<Ledger, 'state' | 'at'>,
  cause: Pick<AlertCause, 'code' | 'subject'>,
): boolean {
  for (const { silenced } of state.alerts.in('silenced', causeKey(cause)))
    if (silenced !== null && silenced.until > at) return true;
  return false;
}

/** How many more alerts may be open. */
export function roomForAlerts({ state }: Pick<Ledger, 'state'>): number {
  return Math.max(0, LIMITS.alertsOpen - state.alerts.countIn('open', 'open'));
}

/** The alert, and what puts it into its incident. */
const EVENTS_EACH = 2;

/** Its text stands in the title of the incident too. Characters may be six bytes long where they are escaped. */
function bytesOf({ agents, resources, text, next, evidence }: AlertCause): number {
  return 6 * JSON.stringify([agents, resources, text, text, next, evidence]).length;
}
