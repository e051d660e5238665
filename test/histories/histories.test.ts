// Logs recorded by earlier versions still fold to the state that those versions had.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { exportState, importState } from '../../src/core/fleet/state-image.ts';
import { AGENT_EVENTS } from '../../src/core/agent/apply.ts';
import { ALERT_EVENTS } from '../../src/core/alert/apply.ts';
import { IMPORT_EVENTS } from '../../src/core/audit/apply.ts';
import { DELIVERY_EVENTS } from '../../src/core/delivery/apply.ts';
import { GOVERNANCE_EVENTS } from '../../src/core/governance/apply.ts';
import { HOOK_EVENTS } from '../../src/core/hook/apply.ts';
import { INCIDENT_EVENTS } from '../../src/core/incident/apply.ts';
import { MESSAGE_EVENTS } from '../../src/core/message/apply.ts';
import { RESCUE_EVENTS } from '../../src/core/rescue/apply.ts';
import { checkState } from '../../src/core/invariants.ts';
import { EMPTY_HEAD } from '../../src/ports/event-store.ts';
import { verifyChain } from '../../src/ports/chain.ts';
import { EVENT_TYPES } from '../../src/core/event-types.ts';
import { eventsOf, fileOf, foldOf, imageText, RECORDED, recordedBatches } from './history.ts';

/** What an event was first made by; all others by 0.1.0. A log of its own making no version moves to another format. */
const SINCE_0_2_0: readonly string[] = [
  ...GOVERNANCE_EVENTS,
  ...AGENT_EVENTS,
  ...MESSAGE_EVENTS,
  ...IMPORT_EVENTS,
  'notices.heard',
];
const SINCE_0_3_0: readonly string[] = [
  ...ALERT_EVENTS,
  ...INCIDENT_EVENTS,
  ...DELIVERY_EVENTS,
  ...RESCUE_EVENTS,
  ...HOOK_EVENTS,
  'log.archived',
  'fleet.moved',
  'lease.shortened',
];
const MOVES = ['format.moved'];

/** As that version wrote it; rows of later versions have more. */
function recordedImage(version: string, name: string): unknown {
  return JSON.parse(readFileSync(fileOf(version, name, 'state.json'), 'utf8'));
}

describe.each(RECORDED)('the history $name of $version', ({ version, name }) => {
  const batches = recordedBatches(version, name);

  it('is the chain that was written', () => {
    expect(verifyChain(nodeHasher, EMPTY_HEAD, batches)).toBeNull();
  });

  it('folds to the recorded state, which breaks no invariant', () => {
    const state = foldOf(eventsOf(batches));
    expect(imageText(state)).toBe(imageText(importState(recordedImage(version, name))));
    expect(checkState(state)).toEqual([]);
  });

  it('has an image that is read back as it was', () => {
    const image = exportState(importState(recordedImage(version, name)));
    expect(exportState(importState(image))).toEqual(image);
  });
});

describe.each([
  { version: '0.1.0', isMade: (type: string) => ![...SINCE_0_2_0, ...SINCE_0_3_0].includes(type) },
  { version: '0.2.0', isMade: (type: string) => !SINCE_0_3_0.includes(type) },
])('the histories of $version', ({ version, isMade }) => {
  it('hold every event that version makes', () => {
    const own = RECORDED.filter((each) => each.version === version);
    const events = own.flatMap(({ name }) => eventsOf(recordedBatches(version, name)));
    const seen = new Set<string>(events.map((event) => event.type));
    expect(EVENT_TYPES.filter((type) => isMade(type) && !seen.has(type))).toEqual(MOVES);
  });
});
