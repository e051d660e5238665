// A lease that an edit hook took, for an agent that need not know of it.
//
//   taken ── the edit is done ──> kept for the next edit of the turn ─┬─ the turn is over ────────────> ended (`turn`)
//     ^  └──────── the next edit begins ────────┘                     └─ no edit for a quiet time ────> ended (`quiet`)
//     └─ its agent renews it or asks for it by itself: a lease like any other from then on
//
// It is there so that the edits of one turn are not cut into by those of another agent, and nobody counts on it: its holder
// was not told that it has it. So only edits of it prolong it, whatever else the agent does, and once somebody waits for it a
// quarter of the quiet time is enough. An edit that has begun and is not over (a person may be asked about it meanwhile) keeps
// the whole.

import type { Instant } from '../instant.ts';
import type { LeaseRow } from '../rows.ts';

export interface EditHold {
  /** The sub-agent for which it was taken, where its client tells it. */
  readonly label: string | null;
  /** Without an edit it ends after so long. */
  readonly quietMs: number;
  /** An edit has begun, and nobody has said that it is over. */
  readonly isEditing: boolean;
  /** Somebody began to wait for it: its end is looked for sooner. */
  readonly isAwaited: boolean;
}

/** When it ends if nobody edits it any more. */
export function editHoldEnd({ usedAt }: LeaseRow, { quietMs, isEditing }: EditHold, isWanted: boolean): Instant {
  return usedAt + (isWanted && !isEditing ? shortened(quietMs) : quietMs);
}

/** No end of it comes before, whoever begins to wait. */
export function soonestEnd({ usedAt }: LeaseRow, { quietMs }: EditHold): Instant {
  return usedAt + shortened(quietMs);
}

function shortened(quietMs: number): number {
  return Math.ceil(quietMs / 4);
}
