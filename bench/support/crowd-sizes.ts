// How large a fleet the dashboard promises to show.

export const CROWD = {
  agents: 1_000,
  locks: 10_000,
  waits: 2_000,
  eventsPerSecond: 500,
  /** They wait for nobody. */
  leaders: 20,
} as const;
