// Records histories of the version that runs it: `node test/histories/record.ts VERSION`. Refuses to write over one that is
// there, because a recording that is made again proves nothing.
//
// The logs are those of simulated fleets: three seeds which between them hold every event that this version makes.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import { epochOf } from '../../src/core/fleet/epoch.ts';
import { FORMAT } from '../../src/core/event.ts';
import { EMPTY_HEAD, type LogHead, type StoredBatch } from '../../src/ports/event-store.ts';
import type { LogBatch } from '../simulation/shared-log.ts';
import { World } from '../simulation/world.ts';
import { EVENT_TYPES } from '../../src/core/event-types.ts';
import { eventsOf, fileOf, foldOf, imageText } from './history.ts';

const SEEDS_TRIED = 400;
const NAMES = ['a', 'b', 'c'];

const [version] = process.argv.slice(2);
if (version === undefined) throw new Error('usage: node test/histories/record.ts VERSION');
if (existsSync(fileOf(version, 'a', 'ndjson'))) throw new Error(`histories of ${version} are recorded already`);
mkdirSync(new URL(`${version}/`, import.meta.url), { recursive: true });

const worlds = Array.from({ length: SEEDS_TRIED }, (_, i) => {
  const world = new World(i + 1);
  world.run();
  return { batches: world.batches, types: typesOf(world.batches) };
});
const missing = new Set<string>(EVENT_TYPES);
for (const name of NAMES) {
  const best = worlds.reduce((a, b) => (count(b.types) > count(a.types) ? b : a));
  for (const type of best.types) missing.delete(type);
  write(version, name, best.batches);
}
console.log(`recorded; in none of them: ${[...missing].join(', ') || '(every type is there)'}`);

function count(types: ReadonlySet<string>): number {
  return [...types].filter((type) => missing.has(type)).length;
}

function typesOf(batches: readonly LogBatch[]): ReadonlySet<string> {
  return new Set(batches.flatMap((batch) => batch.events.map((event) => event.type)));
}

function write(of: string, name: string, batches: readonly LogBatch[]): void {
  let head: LogHead = EMPTY_HEAD;
  const stored: StoredBatch[] = [];
  for (const { id, events } of batches) {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) continue;
    const epoch = epochOf(first.seq);
    const { at, wallAt } = last;
    const parts = { id, at, wallAt, placeId: 'recorded', epoch, format: FORMAT, hasher: nodeHasher };
    const batch = encodeBatch(head, events.map(encodeEvent), parts);
    stored.push({ ...batch, firstSeq: first.seq, lastSeq: last.seq, prevHash: head.hash });
    head = { epoch, seq: last.seq, hash: batch.hash, format: FORMAT };
  }
  writeFileSync(fileOf(of, name, 'ndjson'), stored.map((batch) => `${JSON.stringify(batch)}\n`).join(''));
  writeFileSync(fileOf(of, name, 'state.json'), imageText(foldOf(eventsOf(stored))));
}
