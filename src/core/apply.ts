// Folding: what each fact changes. Total and deterministic; a fact is never refused, whatever the state it meets, because
// it happened. Rules do not live here: by the time an event is folded everything about it was decided.

import { AGENT_EVENTS, applyAgentEvent } from './agent/apply.ts';
import { ALERT_EVENTS, applyAlertEvent } from './alert/apply.ts';
import { applyImportEvent, IMPORT_EVENTS } from './audit/apply.ts';
import { applyDeliveryEvent, DELIVERY_EVENTS } from './delivery/apply.ts';
import { eventVersion, type FleetEvent } from './event.ts';
import { applyFleetEvent, FLEET_EVENTS } from './fleet/apply.ts';
import type { FleetState } from './fleet-state.ts';
import { applyGovernanceEvent, GOVERNANCE_EVENTS, noteConduct } from './governance/apply.ts';
import { applyHookEvent, HOOK_EVENTS } from './hook/apply.ts';
import { applyIncidentEvent, INCIDENT_EVENTS } from './incident/apply.ts';
import { applyLeaseEvent, LEASE_EVENTS } from './lease/apply.ts';
import { applyWaitEvent, WAIT_EVENTS } from './lease/apply-wait.ts';
import { applyMessageEvent, MESSAGE_EVENTS } from './message/apply.ts';
import { remember } from './request-memory.ts';
import { applyRescueEvent, RESCUE_EVENTS } from './rescue/apply.ts';
import { applySessionEvent, SESSION_EVENTS } from './session/apply.ts';
import { applyStateEvent, STATE_EVENTS } from './state/apply.ts';

type Fold = (state: FleetState, event: never) => void;

const FOLDS: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ...FLEET_EVENTS.map((type) => [type, applyFleetEvent as Fold] as const),
  ...SESSION_EVENTS.map((type) => [type, applySessionEvent as Fold] as const),
  ...LEASE_EVENTS.map((type) => [type, applyLeaseEvent as Fold] as const),
  ...WAIT_EVENTS.map((type) => [type, applyWaitEvent as Fold] as const),
  ...STATE_EVENTS.map((type) => [type, applyStateEvent as Fold] as const),
  ...AGENT_EVENTS.map((type) => [type, applyAgentEvent as Fold] as const),
  ...GOVERNANCE_EVENTS.map((type) => [type, applyGovernanceEvent as Fold] as const),
  ...MESSAGE_EVENTS.map((type) => [type, applyMessageEvent as Fold] as const),
  ...IMPORT_EVENTS.map((type) => [type, applyImportEvent as Fold] as const),
  ...ALERT_EVENTS.map((type) => [type, applyAlertEvent as Fold] as const),
  ...INCIDENT_EVENTS.map((type) => [type, applyIncidentEvent as Fold] as const),
  ...RESCUE_EVENTS.map((type) => [type, applyRescueEvent as Fold] as const),
  ...DELIVERY_EVENTS.map((type) => [type, applyDeliveryEvent as Fold] as const),
  ...HOOK_EVENTS.map((type) => [type, applyHookEvent as Fold] as const),
]);

/** True when this code knows the type and version: an unknown one is never skipped. */
export function canFold(type: string, version: number): boolean {
  return Number.isInteger(version) && version >= 1 && version <= eventVersion(type) && FOLDS.has(type);
}

/** Folds one event into `state`, which may own its tables or be a draft. Throws on a type it does not know. */
export function apply(state: FleetState, event: FleetEvent): void {
  const fold = FOLDS.get(event.type);
  if (fold === undefined) throw new Error(`unknown event type ${event.type} at ${event.seq}`);
  state.position = {
    epoch: state.position.epoch,
    seq: event.seq,
    at: Math.max(state.position.at, event.at),
    wallAt: event.wallAt,
  };
  fold(state, event as never);
  noteConduct(state, event);
  remember(state, event);
}
