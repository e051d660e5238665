// Opening, repeating and closing alerts, in the decision that finds the cause.
//
// One alert per cause, however many coordinators see it: whoever decides second finds it open.

import { gather } from '../incident/gather.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow } from '../rows.ts';
import { ALERTS, type AlertCause, causeKey } from './alert.ts';

/** Opens an alert about the cause, unless one is open. Answers its number; null where none was opened. */
export function raise(ledger: Ledger, cause: AlertCause): number | null {
  if (openAlertOf(ledger, cause) !== null) return null;
  if (ledger.state.alerts.countIn('open', 'open') >= LIMITS.alertsOpen) return null;
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

/** The open alert of this cause. */
export function openAlertOf(
  { state }: Pick<Ledger, 'state'>,
  cause: Pick<AlertCause, 'code' | 'subject'>,
): AlertRow | null {
  const [row] = state.alerts.in('cause', causeKey(cause));
  return row ?? null;
}

export function close(ledger: Ledger, { alert, code }: AlertRow, why: string): void {
  ledger.asBrigade(() => ledger.emit({ type: 'alert.closed', alert, code, why }));
}
