// Memory of processes, and of what stands in the heap of this one. Linux tells the first.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is in use after everything unused was given back, in bytes. */
export function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

export interface ProcessMemory {
  readonly rssMiB: number;
  /** What it shares with others counts by its part. */
  readonly pssMiB: number;
}

export function memoryOf(pid: number): ProcessMemory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) / 1_024;
  return { rssMiB: mebibytes('Rss'), pssMiB: mebibytes('Pss') };
}
