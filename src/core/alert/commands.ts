// What operators do about an alert: say that it is looked after, or that nobody wants to hear of it for a while.

import type { AcknowledgeAlertCommand, SilenceAlertCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { AlertRow } from '../rows.ts';
import { done } from '../session/presence.ts';

export function acknowledgeAlert(ledger: Ledger, { op, alert, note }: AcknowledgeAlertCommand): Answer {
  const row = openAlert(ledger, alert);
  if (isRejection(row)) return row;
  const flaw = checkNote(note);
  if (flaw !== null) return flaw;
  const isTakenBack = op === 'unacknowledge_alert';
  if ((row.acknowledged === null) === isTakenBack) return done(false);
  ledger.emit({ type: isTakenBack ? 'alert.unacknowledged' : 'alert.acknowledged', alert, note });
  return done(true);
}

export function silenceAlert(ledger: Ledger, { alert, forMs, note }: SilenceAlertCommand): Answer {
  const flaw = checkNote(note) ?? checkSilence(forMs);
  if (flaw !== null) return flaw;
  const row = openAlert(ledger, alert);
  if (isRejection(row)) return row;
  if (forMs === 0 && row.silenced === null) return done(false);
  ledger.emit({ type: 'alert.silenced', alert, until: forMs === 0 ? null : ledger.at + forMs, note });
  return done(true);
}

function openAlert({ state }: Ledger, alert: number): AlertRow | Rejection {
  const row = state.alerts.get(String(alert));
  if (row !== undefined && row.closed === null) return row;
  return reject('UNKNOWN_ALERT', {
    message: row === undefined ? `There is no alert ${alert}.` : `Alert ${alert} is closed: ${row.closed?.why}`,
    next: 'Look at the open ones: brigade alerts.',
    details: { alert },
  });
}

function checkNote(note: string): Rejection | null {
  if (utf8Bytes(note) <= LIMITS.textBytes) return null;
  return reject('TOO_LARGE', {
    message: `A note has at most ${LIMITS.textBytes} bytes.`,
    next: 'Say it in fewer words.',
    details: { limit: LIMITS.textBytes },
  });
}

function checkSilence(forMs: number): Rejection | null {
  if (Number.isInteger(forMs) && forMs >= 0 && forMs <= LIMITS.silenceMaxMs) return null;
  return reject('INVALID_ARGUMENT', {
    message: 'An alert is silenced for a whole number of milliseconds, at most a week.',
    next: 'Name a shorter time; 0 lifts a silence.',
    details: { forMs: String(forMs), limit: LIMITS.silenceMaxMs },
  });
}
