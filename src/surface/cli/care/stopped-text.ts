// The stopped ones among the processes of this host, as a person is told of them.

import type { HostProcess } from '../../../app/host-processes.ts';

/** Null where none is stopped. */
export function stoppedText(rows: readonly HostProcess[]): { readonly who: string; readonly next: string } | null {
  const stopped = rows.filter(({ state }) => state === 'stopped');
  if (stopped.length === 0) return null;
  const names = stopped.map(({ pid, kind, agents }) => `${pid} (${[kind, ...agents].join(', ')})`);
  const pids = stopped.map(({ pid }) => pid).join(' ');
  const who = stopped.length === 1 ? `Process ${names.join('')} is stopped.` : `Stopped: ${names.join('; ')}.`;
  return { who, next: `\`kill -CONT ${pids}\` lets ${stopped.length === 1 ? 'it' : 'them'} go on.` };
}
