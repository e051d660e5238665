// A process that is stopped from outside, as a whole.

import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

/** A stop reaches each thread by itself; Linux tells when all of them stand. */
export async function stopWhole(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const tasks = `/proc/${pid}/task`;
  const isStopped = (thread: string): boolean => /\) [Tt] /.test(readFileSync(`${tasks}/${thread}/stat`, 'latin1'));
  await waitUntil('all threads to stop', () => readdirSync(tasks).every(isStopped), { everyMs: 1 });
}
