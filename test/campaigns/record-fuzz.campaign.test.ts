// Logs in which an event says something else, although the chain of hashes is whole: written by somebody who may write the
// store, or by a version with a mistake. Whoever opens one folds it or says that it is damaged; nobody falls over, and an
// examination comes to the same.

import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { examineLog, flawOfLog } from '../../src/app/examine-log.ts';
import { chainHash } from '../../src/ports/chain.ts';
import type { StoredBatch } from '../../src/ports/event-store.ts';
import { recordedBatches } from '../histories/history.ts';
import { campaignCount } from '../support/campaign.ts';
import { FleetRig } from '../support/fleet-rig.ts';
import { mutatedValue } from '../support/mutations.ts';
import { type Random, randomOf } from '../support/random.ts';

const runs = campaignCount(2_000, { atLeast: 60 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);

const recorded = recordedBatches('0.2.0', 'b');

/** The recorded log with one event of it changed, and every hash after it made anew. */
function forged(random: Random): { readonly batches: readonly StoredBatch[]; readonly at: number } {
  const at = random.below(recorded.length);
  const bodies = recorded.map(({ body }) => JSON.parse(body) as { readonly events: readonly object[] });
  const all = bodies.flatMap(({ events }) => events);
  let prevHash = recorded[0]?.prevHash ?? '';
  const batches = recorded.map((batch, i) => {
    const said = bodies[i] as { readonly events: readonly object[] };
    const which = random.below(said.events.length);
    const events =
      i === at
        ? said.events.with(which, mutatedValue(random, [said.events[which], random.pick(all)]) as object)
        : said.events;
    const body = JSON.stringify({ ...said, events });
    const hash = chainHash(nodeHasher, prevHash, body);
    const next = { ...batch, prevHash, body, hash };
    prevHash = hash;
    return next;
  });
  return { batches, at: recorded[at]?.firstSeq ?? 0 };
}

describe(`a log that says something else, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, () => {
  it(
    'is folded, or told to be damaged',
    async () => {
      const kinds = new Map<string, number>();
      for (let run = 0; run < runs; run += 1) {
        const rig = FleetRig.onFakeClock();
        const { batches } = forged(randomOf(seed + run));
        const last = batches.at(-1) as StoredBatch;
        rig.log.batches = [...batches];
        rig.log.head = { epoch: last.epoch, seq: last.lastSeq, hash: last.hash, format: last.format };
        const coordinator = await rig.coordinator('a');
        const code = coordinator.health().trouble?.code ?? 'none';
        kinds.set(code, (kinds.get(code) ?? 0) + 1);
        expect([run, code]).toEqual([run, expect.stringMatching(/^(none|STORE_DAMAGED|STORE_VERSION)$/)]);
        const store = rig.store();
        await store.open();
        const found = await examineLog(store, { hasher: nodeHasher });
        const isTold = flawOfLog(found) !== null || found.tooNew !== null;
        expect([run, isTold]).toEqual([run, code !== 'none']);
        await rig.close();
      }
      expect([...kinds.keys()]).toEqual(expect.arrayContaining(['none', 'STORE_DAMAGED']));
    },
    10 * 60_000,
  );
});
