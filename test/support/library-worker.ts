// A program that embeds Brigade, for tests that kill it: takes a lock, counts under it, gives it back, without end, and
// sends what was acknowledged to it. Arguments: the workspace, the name of its agent, the resources.

import type { Acknowledged } from './acknowledged.ts';
import { codeOf, leased } from './fleet-rig.ts';
import { cookHere, openLibrary } from './library-cook.ts';

const [root = '', name = '', ...resources] = process.argv.slice(2);
const fleet = await openLibrary(root, process.env);
const cook = await cookHere(fleet, name);
process.send?.('ready');

for (let turn = 0; ; turn += 1) {
  const resource = resources[turn % resources.length] ?? '';
  const id = (what: string): string => `${name}-${what}-${turn}`;
  const outcome = await cook.acquire(resource, { waitMs: 500, requestId: id('grant') });
  const token = codeOf(outcome) === 'none' ? leased(outcome).leases[0]?.token : undefined;
  if (token === undefined) continue;
  acknowledge({ kind: 'granted', requestId: id('grant'), token });
  const key = `count-${name}`;
  const condition = { resource, token };
  const { answer } = await fleet.coordinator.submit({
    ...cook.head(id('put')),
    op: 'put_state',
    key,
    value: turn,
    condition,
  });
  if ('version' in answer) acknowledge({ kind: 'put', requestId: id('put'), key, version: answer.version });
  const released = await fleet.coordinator.submit({ ...cook.head(id('release')), op: 'release', leases: [condition] });
  if (codeOf(released) === 'none') acknowledge({ kind: 'released', requestId: id('release'), token });
}

function acknowledge(heard: Acknowledged): void {
  process.send?.(heard);
}
