import { type Cook, codeOf } from '../../../test/support/fleet-rig.ts';

const WAIT_MS = 600_000;

/** Resolves once it stands in line for the resource, until `gone`. Rejects what it is answered sooner. */
export function parked(cook: Cook, resource: string, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = cook.acquire(resource, { waitMs: WAIT_MS }, { gone, onProgress: () => resolve() });
    asked.then((outcome) => reject(new Error(`${cook.agentId} did not wait: ${codeOf(outcome)}`)), reject);
  });
}
