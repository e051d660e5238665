import { type Cook, codeOf, tokenOf } from '../../../test/support/fleet-rig.ts';

/** Acquires and releases once. Throws what is refused. */
export async function cookPair(cook: Cook | undefined, resource: string): Promise<void> {
  if (cook === undefined) throw new Error('fewer cooks than callers');
  const token = tokenOf(await cook.acquire(resource));
  const code = codeOf(await cook.release([{ resource, token }]));
  if (code !== 'none') throw new Error(`release: ${code}`);
}
