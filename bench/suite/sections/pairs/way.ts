// One way to a lock: Brigade by it, beside the bare component underneath, at each number of callers.

import type { Pace, Rate } from '../../load/closed-loop.ts';
import type { Row } from '../../section.ts';

export const CALLERS = [1, 8, 32, 128] as const;

export interface WayOptions {
  readonly pace: Pace;
  /** Numbers of callers. */
  readonly sizes: readonly number[];
}

export interface Way {
  readonly name: string;
  readonly what: string;
  readonly bare: string;
}

/** Two rows for each number of callers. Ours and the bare one are measured in turn, so that both have the same machine. */
export async function beside(
  { name, what, bare }: Way,
  { pace, sizes }: WayOptions,
  rates: {
    readonly own: (callers: number, pace: Pace) => Promise<Rate>;
    readonly bare: (callers: number, pace: Pace) => Promise<Rate>;
  },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const of = { size, survives: 'disk' } as const;
    const bareId = `pairs.bare-${name}.${size}`;
    const own = await rates.own(size, pace);
    rows.push({ id: `pairs.${name}.${size}`, what, ...of, cells: own, bare: bareId });
    rows.push({ id: bareId, what: bare, ...of, cells: await rates.bare(size, pace) });
  }
  return rows;
}

/** How callers are dealt out to processes: at most so many, all of them equally loaded. */
export function dealt(callers: number, processesMax: number): { readonly processes: number; readonly each: number } {
  const processes = Math.min(callers, processesMax);
  return { processes, each: callers / processes };
}
