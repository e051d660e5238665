// How long whoever closes a ring of waits has to wait for hearing so: rings of 2, 3, 12 and 50 sessions over twelve real
// `brigade mcp` processes.

import { closeRing, cooksOn } from '../test/support/ring.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';

const PROCESSES = 12;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  try {
    const agents = await Promise.all(Array.from({ length: PROCESSES }, () => scratch.agent()));
    const cooks = await cooksOn(agents, 50);
    const figures: Figure[] = [];
    for (const size of [2, 3, 12, 50]) {
      const { heard, tookMs } = await closeRing(cooks.slice(0, size));
      const value = heard.told.code === 'WAIT_ABORTED_DEADLOCK' ? tookMs : Number.NaN;
      figures.push({ what: `ring of ${size}: until its closer hears`, value, unit: 'ms', target: { atMost: 1_000 } });
    }
    return figures;
  } finally {
    await scratch.close();
  }
}
