// Some cells of the fault campaign, and those in which something was wrong once. `npm run test:faults` plays all of them.

import { describe, expect, it } from 'vitest';
import { KEPT_SEEDS } from '../faults/kept-seeds.ts';
import { type Cell, commandFor } from '../faults/matrix.ts';
import { playCells } from '../faults/play-cells.ts';

const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);

/** Each store once, and faults of each kind: of a process, of a line, of a server, of callers. */
const CELLS: readonly Cell[] = [
  { store: 'sqlite-desk', fault: 'killed', workload: 'contended' },
  { store: 'redis', fault: 'cut', workload: 'several' },
  { store: 'etcd', fault: 'server-killed', workload: 'shared' },
  { store: 'memory', fault: 'lost', workload: 'handed' },
];

/** What was wrong, and how to play it again; nothing where all was well. */
async function wrongIn(cell: Cell, cellSeed: number, round = 1): Promise<readonly string[]> {
  const [played] = await playCells([cell], { seed: cellSeed, rounds: [round], jobs: 1 });
  const { report = null, broke = 'it was not played' } = played ?? {};
  const problems = report === null ? [String(broke)] : report.problems;
  if (report?.grants === 0) return ['nobody was granted anything'];
  return problems.length === 0 ? [] : [commandFor(cell, cellSeed, round), ...problems];
}

describe(`a fault, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, () => {
  it.each(CELLS)('$store, $fault, $workload', async (cell) => {
    expect(await wrongIn(cell, seed)).toEqual([]);
  });
});

describe('what was wrong once', () => {
  it.each(KEPT_SEEDS)('$store, $fault, $workload, seed $seed: $found', async ({ seed: kept, round, ...cell }) => {
    expect(await wrongIn(cell, kept, round)).toEqual([]);
  });
});
