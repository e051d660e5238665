// How much of a core a process takes.

import { readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';

/** Of /proc/PID/stat. */
const TICKS_A_SECOND = 100;

/** Seconds of the processor that the processes have taken. */
export function processorSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }, 0);
}

/** Its share of a core for so long, or while something is done. */
export async function processorOf(pid: number, meanwhile: number | (() => Promise<void>)): Promise<number> {
  const beganMs = performance.now();
  const before = processorSeconds([pid]);
  await (typeof meanwhile === 'number' ? pass(meanwhile) : meanwhile());
  return ((processorSeconds([pid]) - before) * 1_000) / (performance.now() - beganMs);
}
