// What a coordinator saw of processes right before a rescue was decided. The decision believes it as far as it goes: whoever
// began to act for a session since then is there, and so is a place that has come back.

import { parseFindingId } from '../diagnosis/finding.ts';
import type { FleetState } from '../fleet-state.ts';
import type { SessionRow } from '../rows.ts';
import { isStill, type StillPlace } from '../session/standstill.ts';
import type { Presence, PresenceOf } from '../view/views.ts';

export interface SeenSession {
  readonly sessionId: string;
  readonly presence: Presence;
  /** Every process that acted for the session when it was looked at. */
  readonly attachmentIds: readonly string[];
  /** Those of them that are proved gone, with how that is known. */
  readonly dead: readonly { readonly attachmentId: string; readonly evidence: string; readonly still?: StillPlace }[];
}

/** The session that a finding is about: that of its lease or its wait, or the one it names; null where there is none. */
export function sessionNamedIn(state: FleetState, finding: string): SessionRow | null {
  const ref = parseFindingId(finding)?.ref ?? '';
  const sessionId = state.leases.get(ref)?.sessionId ?? state.tickets.get(ref)?.sessionId ?? ref;
  return state.sessions.get(sessionId) ?? null;
}

/** Presence by what was seen; of every other session nothing is known. */
export function presenceSeen(state: FleetState, seen: readonly SeenSession[]): PresenceOf {
  const bySession = new Map(seen.map((each) => [each.sessionId, each]));
  return (sessionId) => {
    const each = bySession.get(sessionId);
    const session = state.sessions.get(sessionId);
    if (each === undefined || session === undefined) return 'unknown';
    const isNew = session.attachments.some(({ attachmentId }) => !each.attachmentIds.includes(attachmentId));
    const isBack = each.dead.some(({ still }) => !isStill(state, still));
    return isNew || isBack ? 'alive' : each.presence;
  };
}
