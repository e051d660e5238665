// What is wrong with the targets of a policy that have the right shape: two of one name, addresses that could never be used.

import type { DeliveryTarget } from '../../core/delivery/target.ts';
import type { Policy } from '../../core/governance/policy.ts';
import { endpointOf } from '../../ports/endpoint.ts';
import type { Contradiction } from './contradictions.ts';

export function deliveryFlawsIn({ alerts }: Policy): readonly Contradiction[] {
  const targets = alerts?.deliver ?? [];
  return targets.flatMap((target, i) => flawsOf(target, targets.slice(0, i), ['alerts', 'deliver', String(i)]));
}

function flawsOf(
  target: DeliveryTarget,
  earlier: readonly DeliveryTarget[],
  path: readonly string[],
): readonly Contradiction[] {
  const flaws: Contradiction[] = [];
  if (earlier.some(({ name }) => name === target.name))
    flaws.push({ path: [...path, 'name'], message: `is ${JSON.stringify(target.name)}, as that of an earlier target` });
  const endpoint = target.kind === 'webhook' ? endpointOf(target) : null;
  if (typeof endpoint === 'string') flaws.push({ path: [...path, 'url'], message: endpoint });
  return flaws;
}
