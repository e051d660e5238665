// The greeting of a guest that has not come through a coordinator of ours.

import { DESK_PROTOCOL, type Hello } from '../../src/app/desk/protocol.ts';
import { HERE } from './fleet-rig.ts';

export function helloFrom(pid: number): Hello {
  return {
    t: 'hello',
    protocol: DESK_PROTOCOL,
    nonce: 'n'.repeat(43),
    placeId: HERE.placeId,
    store: 'memory:',
    durability: 'host',
    person: { pid, startTime: 'start', kind: 'mcp', version: '0.0.0', client: null, startedBy: null },
    mayOpen: false,
  };
}
