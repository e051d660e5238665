// Who started a process, and whether that one is still there. A process that has lost whoever started it is an orphan: its
// client has ended, and it may go on only because something else keeps its input open.
//
//   noted at its start   the starter, by pid and start time: that it is dead is proved
//   not noted            a process whose parent is the system's first one was left to it: strong, not proved

import type { ProcessEvidence, ProcessRow, ProcessTable } from '../ports/process-table.ts';
import { isLauncher, isShell, isSystem } from './process-names.ts';

export interface Starter extends ProcessEvidence {
  /** Short name, for people. */
  readonly name: string;
}

/**
 * The nearest of `ancestors` (nearest first) that is neither a shell nor a launcher: those are only on the way. The parent
 * where there is no such one. Null for a process that belongs to the system already.
 */
export function starterOf(ancestors: readonly ProcessRow[]): Starter | null {
  const [parent] = ancestors;
  const client = ancestors.find((row) => !isShell(row) && !isLauncher(row));
  const starter = client === undefined || isSystem(client) ? parent : client;
  if (starter === undefined || isSystem(starter)) return null;
  const { pid, startTime } = starter;
  return { pid, startTime, name: nameFor(starter) };
}

/** Why a process is an orphan, in one clause; null when it is none, as far as can be told. */
export function orphanedBecause(
  pid: number,
  startedBy: Starter | null,
  processes: Pick<ProcessTable, 'judge' | 'ancestorsOf'>,
): string | null {
  if (startedBy !== null) {
    const isGone = processes.judge(startedBy) === 'dead';
    return isGone ? `${named(startedBy)} started it and has ended` : null;
  }
  const parent = processes.ancestorsOf(pid).find((row) => !isShell(row) && !isLauncher(row));
  if (parent === undefined || (parent.pid !== 1 && !isSystem(parent))) return null;
  return `its parent is ${named(parent)}, which takes in what others have left`;
}

/** Node names the threads of a program that gave itself no name. */
function nameFor({ name }: ProcessRow): string {
  return name.endsWith('MainThread') ? 'node' : name;
}

function named({ name, pid }: Pick<ProcessRow, 'name' | 'pid'>): string {
  return name === '' ? `process ${pid}` : `${name} (${pid})`;
}
