// Every type of event that this version folds, for tests that must not leave one out.

import { FLEET_EVENTS } from '../../src/core/fleet/apply.ts';
import { LEASE_EVENTS } from '../../src/core/lease/apply.ts';
import { WAIT_EVENTS } from '../../src/core/lease/apply-wait.ts';
import { SESSION_EVENTS } from '../../src/core/session/apply.ts';
import { STATE_EVENTS } from '../../src/core/state/apply.ts';

export const EVENT_TYPES = [
  ...FLEET_EVENTS,
  ...SESSION_EVENTS,
  ...LEASE_EVENTS,
  ...WAIT_EVENTS,
  ...STATE_EVENTS,
] as const;
