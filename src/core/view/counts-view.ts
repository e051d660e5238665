// How many of everything there are, for whoever looks every few seconds and draws a line: no rows, and no work that grows with
// what is held. Ended sessions are forgotten after a while, so their count is of those that are remembered.

import { movedFrom } from '../fleet/moved.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { openAlerts } from './alert-view.ts';
import type { CountsView } from './views.ts';

export function countsView(state: FleetState, at: Instant): CountsView {
  const agents = { active: 0, paused: 0, archived: 0, retired: 0 };
  for (const { lifecycle } of state.agents.rows()) agents[lifecycle] += 1;
  const sessions = { live: state.sessions.countIn('live', 'live'), closed: 0, lost: 0 };
  for (const { state: how } of state.sessions.in('ended', 'ended')) sessions[how] += 1;
  let oldest = at;
  for (const { queuedAt } of state.tickets.rows()) oldest = Math.min(oldest, queuedAt);
  return {
    fleetId: state.fleet?.fleetId ?? null,
    oldestSeq: (state.fleet?.archived?.lastSeq ?? 0) + 1,
    isGranting: (state.fleet?.suspended ?? null) === null && movedFrom(state) === null,
    agents,
    sessions,
    leases: state.leases.size,
    waits: state.tickets.size,
    longestWaitMs: at - oldest,
    alerts: openAlerts(state),
  };
}
