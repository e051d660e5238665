// The wall clock of a host against the log. Wall time is for people and never compared; a clock far off still makes reports lie.

export interface ClockFinding {
  readonly code: 'CLOCK_BEHIND';
  readonly message: string;
  readonly next: string;
}

const SLACK_MS = 120_000;

/** What is wrong with a clock that says `wallAt`, where the last event was logged at `lastWallAt`; null where nothing is. */
export function clockFinding(wallAt: string, lastWallAt: string | null): ClockFinding | null {
  if (lastWallAt === null || Date.parse(lastWallAt) - Date.parse(wallAt) <= SLACK_MS) return null;
  return {
    code: 'CLOCK_BEHIND',
    message: `The clock of this host says ${wallAt}, but the log was written at ${lastWallAt} already.`,
    next: 'Set the clock. Leases are not affected: they count on the monotonic clock.',
  };
}
