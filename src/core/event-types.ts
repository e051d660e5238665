// Every type of event that this version folds, as a list: for whoever must not leave one out, and for whoever is asked for one
// that does not exist.

import { AGENT_EVENTS } from './agent/apply.ts';
import { ALERT_EVENTS } from './alert/apply.ts';
import { IMPORT_EVENTS } from './audit/apply.ts';
import { DELIVERY_EVENTS } from './delivery/apply.ts';
import type { EventType } from './event.ts';
import { FLEET_EVENTS } from './fleet/apply.ts';
import { GOVERNANCE_EVENTS } from './governance/apply.ts';
import { HOOK_EVENTS } from './hook/apply.ts';
import { INCIDENT_EVENTS } from './incident/apply.ts';
import { LEASE_EVENTS } from './lease/apply.ts';
import { WAIT_EVENTS } from './lease/apply-wait.ts';
import { MESSAGE_EVENTS } from './message/apply.ts';
import { RESCUE_EVENTS } from './rescue/apply.ts';
import { SESSION_EVENTS } from './session/apply.ts';
import { STATE_EVENTS } from './state/apply.ts';

export const EVENT_TYPES: readonly EventType[] = [
  ...FLEET_EVENTS,
  ...SESSION_EVENTS,
  ...LEASE_EVENTS,
  ...WAIT_EVENTS,
  ...STATE_EVENTS,
  ...AGENT_EVENTS,
  ...GOVERNANCE_EVENTS,
  ...MESSAGE_EVENTS,
  ...IMPORT_EVENTS,
  ...ALERT_EVENTS,
  ...INCIDENT_EVENTS,
  ...RESCUE_EVENTS,
  ...DELIVERY_EVENTS,
  ...HOOK_EVENTS,
];
