// What people do about an incident: write down what they know, and say that it is over.

import type { CloseIncidentCommand, NoteIncidentCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { IncidentRow } from '../rows.ts';
import { done } from '../session/presence.ts';

/** Also of a closed one: what is understood later belongs to it too. */
export function noteIncident(ledger: Ledger, { incident, text }: NoteIncidentCommand): Answer {
  const row = knownIncident(ledger, incident);
  if (isRejection(row)) return row;
  const flaw = checkText(text);
  if (flaw !== null) return flaw;
  if (row.notes.length >= LIMITS.incidentNotes) return noRoom(row);
  ledger.emit({ type: 'incident.noted', incident, text });
  return done(true);
}

/** Alerts that are still open stay so; what comes after them opens a new incident. */
export function closeIncident(ledger: Ledger, { incident, text }: CloseIncidentCommand): Answer {
  const row = knownIncident(ledger, incident);
  if (isRejection(row)) return row;
  const flaw = checkText(text);
  if (flaw !== null) return flaw;
  if (row.closed !== null) return done(false);
  ledger.emit({ type: 'incident.closed', incident, how: 'operator', text });
  return done(true);
}

function knownIncident({ state }: Ledger, incident: number): IncidentRow | Rejection {
  return (
    state.incidents.get(String(incident)) ??
    reject('UNKNOWN_INCIDENT', {
      message: `There is no incident ${incident}.`,
      next: 'Look at those there are: brigade incident list.',
      details: { incident },
    })
  );
}

function noRoom({ incident, notes }: IncidentRow): Rejection {
  return reject('TOO_LARGE', {
    message: `Incident ${incident} has ${notes.length} notes, which is all it keeps.`,
    next: 'Put what is left to say into the text with which it is closed, or into a document of your own.',
    details: { incident, limit: LIMITS.incidentNotes },
  });
}

function checkText(text: string): Rejection | null {
  const bytes = utf8Bytes(text);
  if (bytes > 0 && bytes <= LIMITS.textBytes) return null;
  return reject(bytes === 0 ? 'INVALID_ARGUMENT' : 'TOO_LARGE', {
    message: `What is written down has 1 to ${LIMITS.textBytes} bytes.`,
    next: bytes === 0 ? 'Say what you know.' : 'Say it in fewer words, or in several notes.',
    details: { limit: LIMITS.textBytes },
  });
}
