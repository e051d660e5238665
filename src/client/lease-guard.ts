import type { Lease, LeaseRef } from './agent.ts';

/** What of a lease proves a write: it was taken for one thing. */
export function guardOf(condition: LeaseRef | Lease): LeaseRef {
  if (!('leases' in condition)) return condition;
  const [first] = condition.leases;
  if (first === undefined) throw new TypeError('a lease of nothing guards nothing');
  return first;
}
