// Everything that a process has started, and what that has started in turn. A shell does not pass a signal on, so ending the
// shell alone would leave its work running.

import { execFile } from 'node:child_process';
import type { ProcessEvidence, ProcessTable } from '../../../ports/process-table.ts';

/** Evidence of `pid` and of all below it that are there now; of `pid` alone where the system cannot list processes. */
export async function familyOf(pid: number, processes: ProcessTable): Promise<readonly ProcessEvidence[]> {
  const children = childrenByParent(await listProcesses());
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family.flatMap((member) => processes.evidenceOf(member) ?? []);
}

function childrenByParent(listing: string): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const [, pid, parent] of listing.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)) {
    const siblings = children.get(Number(parent));
    if (siblings === undefined) children.set(Number(parent), [Number(pid)]);
    else siblings.push(Number(pid));
  }
  return children;
}

/** `pid parent` a line; empty where there is no `ps`. */
function listProcesses(): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout) =>
      resolve(error === null ? stdout : ''),
    );
  });
}
