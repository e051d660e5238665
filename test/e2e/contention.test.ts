// One lock that many processes want. How fast it goes round is measured in bench/contention.ts; here, that it goes round right.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BOTH_WAYS } from '../support/both-ways.ts';
import { contend } from '../support/contention.ts';
import { Scratch } from '../support/scratch.ts';

describe.each(BOTH_WAYS)('four processes that want one lock, $how', ({ env }) => {
  const scratch = new Scratch({ env });
  afterAll(() => scratch.close());

  it('have it one after the other in the order of the line, and every update survives', async () => {
    const file = join(scratch.root, 'count');
    await writeFile(file, '0');
    const count = async (): Promise<void> => writeFile(file, String(Number(await readFile(file, 'utf8')) + 1));
    const seen = await contend(scratch, { processes: 4, rounds: 10, inside: count });
    expect(seen).toMatchObject({ overlaps: 0, timeOuts: 0, outOfOrder: 0 });
    expect(seen.queued).toBeGreaterThan(10);
    expect(seen.waitsMs).toHaveLength(40);
    expect(await readFile(file, 'utf8')).toBe('40');
  });
});
