// Judges processes of this place. What it knows differs by platform:
//
//   Linux     /proc: start time in ticks since boot, stopped, zombie
//   macOS     `ps`: start time to the second, stopped, zombie
//   Windows   only whether the pid is taken; the start time is empty, so a pid that came back counts as the old process
//             until its leases expire, and neither stopped processes nor ancestors beyond the parent are seen
//
// Nobody is called dead on a doubt: where /proc or `ps` shows nothing (hidepid, a sandbox, no descriptors left), signal 0
// decides whether the pid is taken at all. Signal 0 is delivered to nobody.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessEvidence, ProcessRow, ProcessState, ProcessTable } from '../../ports/process-table.ts';
import { readProcStat } from './proc-stat.ts';
import { readPs, readPsSoon } from './ps-rows.ts';

/** What was seen of a pid: the process, that there is none, or that there is one and nothing more. */
type Sight = ProcessRow | 'gone' | 'hidden';

/** Null for a process that is not shown. */
type RowReader = (pid: number) => ProcessRow | null;

/** One way of looking at processes. */
export interface ProcessView {
  readonly row: RowReader;
  /** For looking at several in a row. */
  survey(): RowReader;
  rows(pids: readonly number[]): Promise<RowReader>;
  /** How many are looked at before the event loop gets its turn. */
  readonly atOnce: number;
}

const DEPTH_MAX = 64;

export const procView: ProcessView = {
  row: readProcStat,
  survey: () => readProcStat,
  rows: async () => {
    await nextTurn();
    return readProcStat;
  },
  atOnce: 64,
};

export const psView: ProcessView = {
  row: (pid) => readPs([pid]).get(pid) ?? null,
  survey: () => {
    const rows = readPs('all');
    return (pid) => rows.get(pid) ?? null;
  },
  rows: async (pids) => {
    const rows = await readPsSoon(pids);
    return (pid) => rows.get(pid) ?? null;
  },
  atOnce: 256,
};

export const signalView: ProcessView = {
  row: () => null,
  survey: () => () => null,
  rows: () => Promise.resolve(() => null),
  atOnce: 4096,
};

/** The process table of this machine, seen the platform's way. */
export function openProcessTable(view: ProcessView = viewOf(process.platform)): ProcessTable {
  return {
    evidenceOf: (pid) => evidenceIn(look(pid, view.row), pid),
    judge: (evidence) => judge(evidence, view.row),
    judgeMany: (evidences) => judgeMany(evidences, view),
    ancestorsOf: (pid) => ancestorsOf(pid, view.survey()),
    groupOf: (pid) => {
      const sight = look(pid, view.row);
      return isRow(sight) && sight.groupId > 0 ? sight.groupId : null;
    },
  };
}

function viewOf(platform: NodeJS.Platform): ProcessView {
  if (platform === 'linux' || platform === 'android') return procView;
  return platform === 'win32' ? signalView : psView;
}

function evidenceIn(sight: Sight, pid: number): ProcessEvidence | null {
  if (sight === 'hidden') return { pid, startTime: '' };
  return sight === 'gone' || sight.state === 'dead' ? null : { pid, startTime: sight.startTime };
}

function judge(evidence: ProcessEvidence, row: RowReader): ProcessState {
  const sight = look(evidence.pid, row);
  if (!isRow(sight)) return sight === 'gone' ? 'dead' : 'alive';
  const another = evidence.startTime !== '' && sight.startTime !== evidence.startTime;
  return another ? 'dead' : sight.state;
}

async function judgeMany(evidences: readonly ProcessEvidence[], view: ProcessView): Promise<readonly ProcessState[]> {
  const states: ProcessState[] = [];
  for (let from = 0; from < evidences.length; from += view.atOnce) {
    const some = evidences.slice(from, from + view.atOnce);
    const row = await view.rows(some.map((evidence) => evidence.pid).filter(isPid));
    states.push(...some.map((evidence) => judge(evidence, row)));
  }
  return states;
}

function ancestorsOf(pid: number, row: RowReader): readonly ProcessRow[] {
  const ancestors: ProcessRow[] = [];
  let parentPid = parentIn(look(pid, row), pid);
  while (parentPid > 0 && ancestors.length < DEPTH_MAX) {
    const sight = look(parentPid, row);
    if (sight === 'gone') break;
    const ancestor = isRow(sight) ? sight : hiddenRow(parentPid);
    ancestors.push(ancestor);
    parentPid = ancestor.parentPid;
  }
  return ancestors;
}

/** A process always knows its own parent. */
function parentIn(sight: Sight, pid: number): number {
  if (isRow(sight)) return sight.parentPid;
  return pid === process.pid ? process.ppid : 0;
}

function hiddenRow(pid: number): ProcessRow {
  return { pid, startTime: '', parentPid: 0, groupId: 0, state: 'alive', name: '' };
}

function look(pid: number, row: RowReader): Sight {
  if (!isPid(pid)) return 'gone';
  const seen = row(pid);
  if (seen !== null) return seen;
  return isTaken(pid) ? 'hidden' : 'gone';
}

function isRow(sight: Sight): sight is ProcessRow {
  return typeof sight !== 'string';
}

/** Evidence comes from the log: only what the system could have as a pid is asked for. */
function isPid(pid: number): boolean {
  return (pid | 0) === pid && pid > 0;
}

/** Only "no such process" proves that a pid is free; "not permitted" proves the opposite. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
