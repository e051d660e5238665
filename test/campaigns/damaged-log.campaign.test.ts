// A small log, damaged at every byte: each flipped in turn, and the file cut off at each length, in the database and in its
// write-ahead log. What is opened then is the undamaged state, or it is refused with a reason; never another state, never
// other facts, never a fault of ours.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignCount } from '../support/campaign.ts';
import { type Files, makeSmallFleet, type SmallFleet, type Verdict } from '../support/damaged-fleet.ts';
import { randomOf } from '../support/random.ts';

const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const MINUTES_MS = 30 * 60_000;

/** What becomes of one byte: all its bits, one of them, nothing left of it, its neighbour. */
const FLIPS: readonly ((byte: number, at: number) => number)[] = [
  (byte) => byte ^ 0xff,
  (byte, at) => byte ^ (1 << (at % 8)),
  () => 0,
  (byte) => (byte + 1) & 0xff,
];

interface Tally {
  readonly kinds: Map<string, number>;
  readonly wrong: string[];
}

describe.each([
  // In full each byte once. Of the log a sample: whatever is changed there, SQLite's own checksum leaves out the rest.
  { where: 'in the database', keepsWal: false, flips: 14_000, cuts: 300 },
  { where: 'in the write-ahead log', keepsWal: true, flips: 2_000, cuts: 200 },
])(`a log damaged $where, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, ({ keepsWal, flips, cuts }) => {
  let fleet: SmallFleet;

  beforeAll(async () => {
    fleet = await makeSmallFleet({ keepsWal });
  });
  afterAll(() => fleet.close());

  it('is what it was where nothing was changed', async () => {
    expect(await fleet.judge(fleet.files)).toMatchObject({ kind: 'same', code: 'none' });
  });

  it(
    'at any byte: is told, or makes no difference',
    async () => {
      const tally = emptyTally();
      for (const { name, at } of spread(fleet.files, campaignCount(flips, { atLeast: 120 }))) {
        const bytes = Buffer.from(fleet.files[name] as Buffer);
        const before = bytes[at] as number;
        bytes[at] = flipOf(at)(before, at);
        if (bytes[at] === before) continue;
        count(
          tally,
          `byte ${at} of ${keepsWal ? name : 'the file'}`,
          await fleet.judge({ ...fleet.files, [name]: bytes }),
        );
      }
      expect(tally.wrong).toEqual([]);
      // It came to both, so that neither is true for want of the other.
      expect([...tally.kinds.keys()].toSorted()).toEqual(expect.arrayContaining(['refused', 'same']));
    },
    MINUTES_MS,
  );

  it(
    'cut off at any length: is told, or makes no difference',
    async () => {
      const tally = emptyTally();
      for (const { name, at } of spread(fleet.files, campaignCount(cuts, { atLeast: 20 }))) {
        const cut = (fleet.files[name] as Buffer).subarray(0, at);
        count(tally, `${name} cut at ${at}`, await fleet.judge({ ...fleet.files, [name]: cut }));
      }
      expect(tally.wrong).toEqual([]);
      expect(tally.kinds.get('refused') ?? 0).toBeGreaterThan(0);
    },
    MINUTES_MS,
  );
});

/** So many places in `files`, evenly, beginning somewhere else with each seed. */
function spread(files: Files, wanted: number): readonly { readonly name: string; readonly at: number }[] {
  const places = Object.entries(files).flatMap(([name, bytes]) => Array.from(bytes, (_, at) => ({ name, at })));
  const step = Math.max(1, places.length / wanted);
  const first = randomOf(seed).next() * step;
  return Array.from(
    { length: Math.floor((places.length - first) / step) },
    (_, i) => places[Math.floor(first + i * step)],
  ).filter((place) => place !== undefined);
}

function flipOf(at: number): (byte: number, at: number) => number {
  return randomOf(seed + at).pick(FLIPS);
}

function emptyTally(): Tally {
  return { kinds: new Map(), wrong: [] };
}

function count({ kinds, wrong }: Tally, what: string, { kind, message }: Verdict): void {
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (kind === 'wrong') wrong.push(`${what}: ${message}`);
}
