// Every type of event that this version folds, for tests that must not leave one out.

import { AGENT_EVENTS } from '../../src/core/agent/apply.ts';
import { IMPORT_EVENTS } from '../../src/core/audit/apply.ts';
import { FLEET_EVENTS } from '../../src/core/fleet/apply.ts';
import { GOVERNANCE_EVENTS } from '../../src/core/governance/apply.ts';
import { LEASE_EVENTS } from '../../src/core/lease/apply.ts';
import { WAIT_EVENTS } from '../../src/core/lease/apply-wait.ts';
import { MESSAGE_EVENTS } from '../../src/core/message/apply.ts';
import { SESSION_EVENTS } from '../../src/core/session/apply.ts';
import { STATE_EVENTS } from '../../src/core/state/apply.ts';

export const EVENT_TYPES = [
  ...FLEET_EVENTS,
  ...SESSION_EVENTS,
  ...LEASE_EVENTS,
  ...WAIT_EVENTS,
  ...STATE_EVENTS,
  ...AGENT_EVENTS,
  ...GOVERNANCE_EVENTS,
  ...MESSAGE_EVENTS,
  ...IMPORT_EVENTS,
] as const;
