// Folds what concerns the fleet as a whole: its founding, epochs, places, whether it grants.

import { type EventAmong, GOVERNED_FORMAT } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { replaceState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { FleetRow } from '../rows.ts';
import { addNotice } from '../session/notices.ts';
import { epochOf } from './epoch.ts';
import { importState } from './state-image.ts';

export const FLEET_EVENTS = [
  'fleet.founded',
  'epoch.started',
  'format.moved',
  'granting.suspended',
  'granting.resumed',
  'place.anchored',
  'names.folded',
  'invariant.broken',
  'drill.marked',
  'log.archived',
  'fleet.moved',
  'operator.token_set',
  'line.unsettled',
  'line.settled',
] as const;

export function applyFleetEvent(state: FleetState, event: EventAmong<(typeof FLEET_EVENTS)[number]>): void {
  switch (event.type) {
    case 'fleet.founded':
      state.fleet = { ...NEW_FLEET, fleetId: event.fleetId, format: event.format, foundedWallAt: event.wallAt };
      return;
    case 'epoch.started':
      startEpoch(state, event);
      return;
    case 'place.anchored': {
      const { placeId, bootId, timeNamespace, machineId, host, anchorAt, anchorMonoMs } = event;
      const clock = timeNamespace === undefined ? { bootId } : { bootId, timeNamespace };
      const machine = machineId === undefined ? {} : { machineId };
      state.places.set({ placeId, ...clock, ...machine, host, anchorAt, anchorMonoMs });
      return;
    }
    case 'names.folded':
      captureActivity(state);
      if (state.fleet !== null) state.fleet = { ...state.fleet, foldsCaseSince: event.seq };
      return;
    case 'line.unsettled':
      state.lines.set({
        line: event.line,
        resources: event.resources,
        sessionId: event.sessionId ?? null,
        at: event.at,
      });
      return;
    case 'line.settled':
      state.lines.delete(event.line);
      return;
    case 'drill.marked':
      return;
    case 'log.archived':
      noteArchive(state, event);
      return;
    case 'format.moved':
      moveFormat(state, event);
      return;
    default:
      if (state.fleet !== null) state.fleet = { ...state.fleet, ...fleetChange(event) };
  }
}

type Change = EventAmong<
  'granting.suspended' | 'granting.resumed' | 'invariant.broken' | 'operator.token_set' | 'fleet.moved'
>;

function fleetChange(event: Change): Partial<FleetRow> {
  switch (event.type) {
    case 'granting.suspended':
      return { suspended: { until: event.until, code: event.code, why: event.why, sinceWallAt: event.wallAt } };
    case 'granting.resumed':
      return { suspended: null };
    case 'invariant.broken':
      return {
        suspended: {
          until: null,
          code: 'INVARIANT_BROKEN',
          why: `${event.invariant}: ${event.detail}`,
          sinceWallAt: event.wallAt,
          ...(event.rest === undefined ? {} : { under: event.rest }),
        },
      };
    case 'fleet.moved':
      return { moved: { to: event.to, seq: event.seq, sinceWallAt: event.wallAt, by: event.actor } };
    case 'operator.token_set':
      return event.kind === 'operator' ? { operatorTokenHash: event.tokenHash } : { joinTokenHash: event.tokenHash };
  }
}

function noteArchive(state: FleetState, event: EventAmong<'log.archived'>): void {
  const { firstSeq, lastSeq, hashBefore, hashAfter, file } = event;
  const archived = { firstSeq, lastSeq, hashBefore, hashAfter, file };
  if (state.fleet !== null) state.fleet = { ...state.fleet, archived };
}

/**
 * A lease may be wanted from now on by somebody who was no neighbour before. What its session's activity gave it so far is
 * written into it, as when somebody begins to wait.
 */
function captureActivity(state: FleetState): void {
  for (const lease of Array.from(state.leases.rows())) {
    const activeAt = state.sessions.get(lease.sessionId)?.activeAt ?? 0;
    if (lease.hook !== undefined) state.leases.set({ ...lease, hook: { ...lease.hook, isAwaited: true } });
    else if (activeAt > lease.usedAt) state.leases.set({ ...lease, usedAt: activeAt });
  }
}

/** The new epoch's state is the one its starter knew; what it did not know is gone, and the event says so. */
function startEpoch(state: FleetState, event: EventAmong<'epoch.started'>): void {
  const known = importState(event.state);
  const fleet = known.fleet ?? { ...NEW_FLEET, foundedWallAt: event.wallAt };
  replaceState(state, known);
  const epoch = epochOf(event.seq);
  state.fleet = { ...fleet, fleetId: event.fleetId, format: event.format, epoch };
  if (fleet.format < GOVERNED_FORMAT && event.format >= GOVERNED_FORMAT) startProbation(state, event.at);
  state.position = { epoch, seq: event.seq, at: Math.max(known.position.at, event.at), wallAt: event.wallAt };
  tellOfLoss(state, event);
}

function moveFormat(state: FleetState, { from, to, at }: EventAmong<'format.moved'>): void {
  if (state.fleet !== null) state.fleet = { ...state.fleet, format: to };
  if (from < GOVERNED_FORMAT && to >= GOVERNED_FORMAT) startProbation(state, at);
}

/** An older log does not say when an agent was last seen: its silence counts from now on. */
function startProbation(state: FleetState, at: Instant): void {
  for (const agent of Array.from(state.agents.rows())) state.agents.set({ ...agent, seenAt: at });
}

/** Also whoever happened not to ask while the log was put right must hear of it. */
function tellOfLoss(state: FleetState, { seq, wallAt, why, basis }: EventAmong<'epoch.started'>): void {
  const text =
    `STORE_REGRESSED: ${why}. Since ${wallAt} the log goes on in a new epoch from what was known at number ${basis.seq}: ` +
    'leases known there still hold by their tokens, new tokens are larger.';
  for (const { sessionId, state: life } of Array.from(state.sessions.rows())) {
    if (life === 'live') addNotice(state, sessionId, { seq, kind: 'log_regressed', wallAt, text });
  }
}

const NEW_FLEET: FleetRow = {
  fleetId: '',
  foundedWallAt: '',
  epoch: 0,
  format: 0,
  foldsCaseSince: null,
  suspended: null,
  operatorTokenHash: null,
  joinTokenHash: null,
  policy: null,
};
